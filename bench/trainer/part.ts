import type { Gate } from '../gates.ts';
import type { Contestants } from './side.ts';

export interface Setting extends Contestants {
  /** Folder of MiniLM-L6 in Hugging Face layout. */
  readonly model: string;
  readonly data: string;
  /** Emptied at the end. */
  readonly scratch: string;
  /** Fewer repetitions: a look, hardly a verdict. */
  readonly quick: boolean;
}

interface Outcome {
  readonly gates: readonly Gate[];
  readonly details: unknown;
}

/** One of the comparisons; run one after the other, because the clock counts. */
export type Part = (setting: Setting) => Promise<Outcome>;
