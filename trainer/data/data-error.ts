/** Where in the data something is wrong. */
export interface Place {
  readonly file: string;
  /** From 1; the first line of a row that spans several. */
  readonly line?: number;
  /** A column's name, or a position in the line from 1. */
  readonly column?: string | number;
}

/** The data cannot be used as it is. The message says where, what is wrong, and the way out. */
export class DataError extends Error {
  override readonly name = 'DataError';
  readonly place: Place;
  /** @param problem - what is wrong and what to do about it */
  constructor(place: Place, problem: string, options?: ErrorOptions) {
    const line = place.line === undefined ? '' : `:${place.line}`;
    const column = place.column === undefined ? '' : `, column ${place.column}`;
    super(`${place.file}${line}${column}: ${problem}`, options);
    this.place = place;
  }
}
