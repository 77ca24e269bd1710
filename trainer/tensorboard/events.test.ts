import assert from 'node:assert/strict';
import { test } from 'node:test';
import protobuf from 'protobufjs';
import { eventFile } from './events.ts';
import { crc32c, record } from './record.ts';

/** As TensorFlow and TensorBoard have them, as far as we write them. */
const schema = protobuf.parse(`
  syntax = "proto3";
  message Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; }
  message Summary { repeated Value value = 1; }
  message Value { string tag = 1; float simple_value = 2; Metadata metadata = 9; }
  message Metadata { PluginData plugin_data = 1; }
  message PluginData { string plugin_name = 1; bytes content = 2; }
  message HParams { Start session_start_info = 3; End session_end_info = 4; }
  message Start { map<string, Any> hparams = 1; string group_name = 4; double start_time_secs = 5; }
  message Any { double number_value = 2; string string_value = 3; bool bool_value = 4; }
  message End { int32 status = 1; double end_time_secs = 2; }
`).root;

interface Value {
  readonly tag: string;
  readonly simpleValue?: number;
  readonly metadata: { readonly pluginData: { readonly pluginName: string; readonly content: Uint8Array } };
}

interface Event {
  readonly step?: number;
  readonly summary: { readonly value: readonly [Value] };
}

function events(file: Uint8Array): readonly Event[] {
  const view = new DataView(file.buffer, file.byteOffset);
  const found: Event[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(view.getBigUint64(at, true));
    const bytes = file.subarray(at + 12, at + 12 + length);
    assert.deepEqual(file.subarray(at, at + 16 + length), record(bytes));
    const type = schema.lookupType('Event');
    found.push(type.toObject(type.decode(bytes), { longs: Number }) as Event); // by the schema above
    at += 16 + length;
  }
  return found;
}

test('the check sum is that of RFC 3720', () => {
  assert.equal(crc32c(new TextEncoder().encode('123456789')), 0xe3069283);
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
});

test('an event file has its version, what the trial was told, its scalars and how it ended', () => {
  const file = eventFile({
    wallTime: 1_800_000_000.5,
    group: 'trial 7',
    assignment: { learningRate: 1e-3, method: 'full', freeze: true },
    scalars: [
      { step: 10, values: { 'train/loss': 0.5, rate: 0.25 } },
      { step: 300, values: { 'train/loss': Number.NaN } },
    ],
    status: 'done',
  });
  const [version, start, first, second, end] = events(file);
  assert.deepEqual(version, { wallTime: 1_800_000_000.5, fileVersion: 'brain.Event:2' });
  const content = (event: Event) => {
    const [value] = event.summary.value;
    assert.equal(value.metadata.pluginData.pluginName, 'hparams');
    const type = schema.lookupType('HParams');
    return [value.tag, type.toObject(type.decode(value.metadata.pluginData.content))];
  };
  assert.deepEqual(content(start!), [
    '_hparams_/session_start_info',
    {
      sessionStartInfo: {
        hparams: { learningRate: { numberValue: 1e-3 }, method: { stringValue: 'full' }, freeze: { boolValue: true } },
        groupName: 'trial 7',
        startTimeSecs: 1_800_000_000.5,
      },
    },
  ]);
  assert.deepEqual(first, {
    wallTime: 1_800_000_000.5,
    step: 10,
    summary: {
      value: [
        { tag: 'train/loss', simpleValue: 0.5 },
        { tag: 'rate', simpleValue: 0.25 },
      ],
    },
  });
  assert.equal(second!.step, 300);
  assert.ok(Number.isNaN(second!.summary.value[0].simpleValue!));
  assert.deepEqual(content(end!), ['_hparams_/session_end_info', { sessionEndInfo: { status: 1, endTimeSecs: 1_800_000_000.5 } }]);
});
