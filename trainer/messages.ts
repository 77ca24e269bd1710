/** What the supervisor and the training process tell each other. */
import type { TrainerSettings } from '../study/spec/trial-template-schema.ts';
import type { JsonNumber, TrialFile } from '../study/trial.ts';
import type { Device } from './native/tensorflow.ts';

/** Sent once, after the start. All folders are local. */
export interface Assignment {
  readonly type: 'assignment';
  readonly trial: TrialFile;
  readonly settings: TrainerSettings;
  readonly modelFolder: string;
  readonly data: string;
  /** Holds a checkpoint to resume from. */
  readonly checkpoint?: string;
  /** For the output of frozen layers, which other trials use too. */
  readonly prefixFolder: string;
  /** For checkpoints and the model, in folders of their own. */
  readonly workFolder: string;
}

export type ToTrainer =
  | Assignment
  /** Train to a rung, measure, report back. */
  | { readonly type: 'train'; readonly rung: number }
  /** Write a checkpoint after the running step and go on. */
  | { readonly type: 'checkpoint' }
  /** Write a checkpoint after the running step and end. */
  | { readonly type: 'pause' }
  /** The answer to `wanted`. */
  | { readonly type: 'fetched'; readonly name: string; readonly isThere: boolean };

/** One point of the learning curve: means over the steps since the point before. */
export interface CurvePoint {
  readonly step: number;
  readonly loss: JsonNumber;
  /** Of the learning rates, by the schedule. */
  readonly share: number;
  /** Of each layer that learns, before clipping, in the point's last step. */
  readonly gradientNorms: Readonly<Record<string, JsonNumber>>;
}

export interface Reached {
  readonly type: 'reached';
  readonly rung: number;
  readonly step: number;
  readonly attempt: number;
  readonly metrics: Readonly<Record<string, JsonNumber>>;
  readonly diverged: boolean;
  /** Losses of the first texts of the selection split, where the trial file asks for them. */
  readonly paired?: readonly number[];
  /** Spent since the last report. */
  readonly seconds: number;
  readonly curve: readonly CurvePoint[];
  /** How far each layer that learns has moved: the norm of the change since it was loaded over the norm of what was loaded. */
  readonly drift: Readonly<Record<string, JsonNumber>>;
  /** Folder with a checkpoint of this step. Absent where no later step can follow. */
  readonly checkpoint?: string;
  /** Folder with the model in Hugging Face layout. Only of `final` trials. */
  readonly model?: string;
}

export type FromTrainer =
  | ({ readonly type: 'ready'; readonly step: number; readonly attempt: number; readonly texts: number } & Device)
  | { readonly type: 'progress'; readonly step: number; readonly loss: JsonNumber; readonly share: number; readonly stepsPerSecond: number }
  | { readonly type: 'checkpointed'; readonly step: number; readonly folder: string }
  | Reached
  /** Is there a shared file of that name? It is to come to the path. Sent while a run is set up. */
  | { readonly type: 'wanted'; readonly name: string; readonly path: string }
  /** A file that others can use. */
  | { readonly type: 'made'; readonly name: string; readonly path: string };
