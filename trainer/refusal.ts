import { exitCode } from '../study/trial.ts';

/** The trainer was given something it cannot work with. Trying again would not help; `exitCode` says what is wrong (sysexits). */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly exitCode: number;
  constructor(code: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = code;
  }
}

/** `trainer.batchSize: must be a whole number of at least 1, got "many"` */
export function badConfiguration(path: string, expected: string, got: unknown): Refusal {
  return new Refusal(exitCode.badConfiguration, `${path}: must be ${expected}, got ${JSON.stringify(got) ?? 'nothing'}`);
}

export function badData(message: string, options?: ErrorOptions): Refusal {
  return new Refusal(exitCode.badData, message, options);
}

export function inputNotFound(message: string, options?: ErrorOptions): Refusal {
  return new Refusal(exitCode.inputNotFound, message, options);
}
