/** At most so many bytes, with an ellipsis where something was left out. */
export function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const room = Buffer.from(text).subarray(0, bytes - 3);
  return `${new TextDecoder().decode(room, { stream: true })}…`; // streaming leaves half a character out
}
