/** As much of Protocol Buffers' wire format as an event file takes. Source: protobuf.dev/programming-guides/encoding. */

export type Field = readonly [number: number, value: Encoded];
type Encoded =
  | { readonly double: number }
  | { readonly float: number }
  | { readonly varint: number }
  | { readonly text: string }
  | { readonly bytes: Uint8Array };

/** A message of fields, in the order given. A repeated field is given several times. */
export function message(...fields: readonly Field[]): Uint8Array {
  return joined(fields.flatMap(([number, value]) => encoded(number, value)));
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let next = 0;
  for (const part of parts) {
    all.set(part, next);
    next += part.length;
  }
  return all;
}

function encoded(number: number, value: Encoded): readonly Uint8Array[] {
  if ('varint' in value) return [varint(number * 8), varint(value.varint)];
  if ('double' in value) return [varint(number * 8 + 1), new Uint8Array(Float64Array.of(value.double).buffer)];
  if ('float' in value) return [varint(number * 8 + 5), new Uint8Array(Float32Array.of(value.float).buffer)];
  const bytes = 'text' in value ? new TextEncoder().encode(value.text) : value.bytes;
  return [varint(number * 8 + 2), varint(bytes.length), bytes];
}

/** @param value - not negative, at most 2⁵³ */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.of(...bytes, rest);
}
