import type { Readable } from 'node:stream';

/** The lines of a stream, without their ends. What comes after the last line end is half a line of a broken stream, and left out. */
export async function* lines(body: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}
