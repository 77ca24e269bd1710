/** A file of rows of numbers, so many for each text. Read as needed: what is read often stays in the system's cache of files. */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

export type Precision = 'float32' | 'float16';

/** Where the rows of each text lie. */
export interface RowsLayout {
  readonly precision: Precision;
  /** Numbers in a row. */
  readonly width: number;
  /** Rows of each text. */
  readonly rows: readonly number[];
}

const bytesOf = { float32: 4, float16: 2 } as const;

export const sizeOf = ({ precision, width, rows }: RowsLayout): number =>
  rows.reduce((sum, count) => sum + count, 0) * width * bytesOf[precision];

export interface RowsFile {
  read(text: number): Float32Array;
  write(text: number, values: Float32Array): void;
  close(): void;
}

/**
 * @param flags - `r` for a file that is there, `wx+` for a new one
 * @throws {RangeError} if a file that is there has another size than the layout says
 */
export function openRowsFile(path: string, layout: RowsLayout, flags: 'r' | 'wx+'): RowsFile {
  const { precision, width, rows } = layout;
  const starts = offsets(rows.map((count) => count * width * bytesOf[precision]));
  const fd = openSync(path, flags);
  const { size } = fstatSync(fd);
  if (flags === 'r' && size !== sizeOf(layout)) {
    closeSync(fd);
    throw new RangeError(`${path}: must have ${sizeOf(layout)} bytes, has ${size}`);
  }
  return {
    read(text) {
      const bytes = new Uint8Array(rows[text]! * width * bytesOf[precision]); // a text of the layout
      for (let done = 0; done < bytes.length; ) {
        const count = readSync(fd, bytes, done, bytes.length - done, starts[text]! + done);
        if (count === 0) throw new RangeError(`${path}: ends before text ${text}`);
        done += count;
      }
      return precision === 'float32' ? new Float32Array(bytes.buffer) : Float32Array.from(new Float16Array(bytes.buffer));
    },
    write(text, values) {
      const bytes = new Uint8Array((precision === 'float32' ? values.slice() : Float16Array.from(values)).buffer);
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, starts[text]! + done);
    },
    close: () => closeSync(fd),
  };
}

function offsets(sizes: readonly number[]): readonly number[] {
  let next = 0;
  return sizes.map((size) => {
    next += size;
    return next - size;
  });
}
