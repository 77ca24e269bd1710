/** Event files for TensorBoard: scalars by step, and what its hparams plugin shows of a trial. */
import type { Assignment } from '../../study/trial.ts';
import { type Field, joined, message } from './message.ts';
import { record } from './record.ts';

/** Values of one moment. */
interface Scalars {
  readonly step: number;
  /** By tag. NaN is shown as a gap. */
  readonly values: Readonly<Record<string, number>>;
}

export interface EventFile {
  /** Seconds since 1970, of all events. */
  readonly wallTime: number;
  /** Trials of one group have one line in the plugin's table. */
  readonly group: string;
  /** What the trial was told: the plugin's columns. */
  readonly assignment: Assignment;
  readonly scalars: readonly Scalars[];
  readonly status: 'running' | 'done' | 'failed';
}

/** The bytes of a file. Its name must hold `tfevents`. */
export function eventFile({ wallTime, group, assignment, scalars, status }: EventFile): Uint8Array {
  const event = (...fields: readonly Field[]) => record(message([1, { double: wallTime }], ...fields));
  const summary = (values: readonly Uint8Array[]): Field => [5, { bytes: message(...values.map((bytes): Field => [1, { bytes }])) }];
  return joined([
    event([3, { text: 'brain.Event:2' }]),
    event(summary([hparams('_hparams_/session_start_info', [3, { bytes: sessionStart(assignment, group, wallTime) }])])),
    ...scalars.map(({ step, values }) => event([2, { varint: step }], summary(Object.entries(values).map(scalar)))),
    event(
      summary([
        hparams('_hparams_/session_end_info', [4, { bytes: message([1, { varint: statuses[status] }], [2, { double: wallTime }]) }]),
      ]),
    ),
  ]);
}

/** `Status` of tensorboard/plugins/hparams/api.proto. */
const statuses = { done: 1, failed: 2, running: 3 } as const;

function scalar([tag, value]: readonly [string, number]): Uint8Array {
  return message([1, { text: tag }], [2, { float: value }]);
}

/** A value without a number, whose metadata is for the plugin. Source: tensorboard/plugins/hparams/plugin_data.proto. */
function hparams(tag: string, content: Field): Uint8Array {
  const plugin = message([1, { text: 'hparams' }], [2, { bytes: message(content) }]);
  return message([1, { text: tag }], [9, { bytes: message([1, { bytes: plugin }]) }]);
}

function sessionStart(assignment: Assignment, group: string, wallTime: number): Uint8Array {
  const entries = Object.entries(assignment).map(([name, value]): Field => {
    const bytes = message([1, { text: name }], [2, { bytes: protobufValue(value) }]);
    return [1, { bytes }];
  });
  return message(...entries, [4, { text: group }], [5, { double: wallTime }]);
}

/** `google.protobuf.Value`. */
function protobufValue(value: Assignment[string]): Uint8Array {
  if (typeof value === 'number') return message([2, { double: value }]);
  if (typeof value === 'boolean') return message([4, { varint: Number(value) }]);
  return message([3, { text: String(value) }]);
}
