import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { merged } from './merge.ts';

const cases: readonly { name: string; ours: object; theirs: object; want: object }[] = [
  {
    name: 'maps are merged field by field',
    ours: { spec: { a: 1, b: { c: 2 } } },
    theirs: { spec: { b: { d: 3 } } },
    want: { spec: { a: 1, b: { c: 2, d: 3 } } },
  },
  { name: 'null removes a field', ours: { a: 1, b: 2 }, theirs: { a: null }, want: { b: 2 } },
  { name: 'null inside a new map is nothing', ours: {}, theirs: { a: { b: null, c: 1 } }, want: { a: { c: 1 } } },
  {
    name: 'containers are merged by name, and new ones follow',
    ours: { containers: [{ name: 'trainer', image: 'a', env: [{ name: 'X', value: '1' }] }] },
    theirs: {
      containers: [
        { name: 'sidecar', image: 's' },
        { name: 'trainer', image: 'b' },
      ],
    },
    want: {
      containers: [
        { name: 'trainer', image: 'b', env: [{ name: 'X', value: '1' }] },
        { name: 'sidecar', image: 's' },
      ],
    },
  },
  {
    name: 'variables are merged by name; one with a source replaces one with a value',
    ours: {
      env: [
        { name: 'X', value: '1' },
        { name: 'Y', value: '2' },
      ],
    },
    theirs: {
      env: [
        { name: 'X', value: null, valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'Z', value: '3' },
      ],
    },
    want: {
      env: [
        { name: 'X', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'Y', value: '2' },
        { name: 'Z', value: '3' },
      ],
    },
  },
  {
    name: 'mounts are merged by path',
    ours: { volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }] },
    theirs: { volumeMounts: [{ name: 'big', mountPath: '/tmp' }] },
    want: { volumeMounts: [{ name: 'big', mountPath: '/tmp' }] },
  },
  {
    name: 'tolerations are appended',
    ours: { tolerations: [{ key: 'a' }] },
    theirs: { tolerations: [{ key: 'b' }] },
    want: { tolerations: [{ key: 'a' }, { key: 'b' }] },
  },
  { name: 'other lists are replaced', ours: { command: ['a', 'b'] }, theirs: { command: ['c'] }, want: { command: ['c'] } },
];
for (const { name, ours, theirs, want } of cases) {
  test(`merge: ${name}`, () => assert.deepEqual(merged(ours, theirs), want));
}

const named = fc.uniqueArray(fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), value: fc.string() }, { noNullPrototype: true }), {
  selector: ({ name }) => name,
});
const spec = fc.record(
  {
    containers: named,
    env: named,
    command: fc.array(fc.string()),
    labels: fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }),
  },
  { requiredKeys: [], noNullPrototype: true },
);
const template = spec.map((made) => ({ spec: made }));

test('merge: nothing over ours is ours, and the same again changes nothing', () => {
  fc.assert(
    fc.property(template, template, (ours, theirs) => {
      assert.deepEqual(merged(ours, {}), ours);
      const once = merged(ours, theirs);
      assert.deepEqual(merged(once, theirs), once);
    }),
  );
});

test('merge: what they say holds, and of ours only what they name is changed', () => {
  fc.assert(
    fc.property(named, named, (ours, theirs) => {
      const result = merged({ containers: ours }, { containers: theirs }).containers;
      assert.deepEqual(
        result.slice(0, ours.length).map(({ name }) => name),
        ours.map(({ name }) => name),
      );
      for (const item of theirs)
        assert.deepEqual(
          result.find(({ name }) => name === item.name),
          item,
        );
      for (const item of ours.filter(({ name }) => !theirs.some((other) => other.name === name))) assert.ok(result.includes(item));
    }),
  );
});
