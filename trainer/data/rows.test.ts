import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import fc from 'fast-check';
import { readRows } from './rows.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'permafrost-rows-'));
after(() => rmSync(folder, { recursive: true }));

function fileWith(name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

const plain = { noNullPrototype: true };
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const someText = fc
  .string({ unit: fc.constantFrom('a', 'ü', '😀', ' ', ',', '\t', '"', '\n', ';', "'") })
  .filter((text) => text.trim() !== '');
const someRows = fc.array(fc.record({ text: someText, textPair: someText, label: fc.constantFrom('yes', 'no') }, plain), {
  minLength: 1,
  maxLength: 8,
});

for (const [name, delimiter] of [
  ['pairs.csv', ','],
  ['pairs.tsv', '\t'],
] as const) {
  test(`${name}: what was written is read, each row with its line`, () => {
    fc.assert(
      fc.property(someRows, fc.constantFrom('\n', '\r\n'), fc.boolean(), (rows, end, endsWithBreak) => {
        const lines = rows.map(({ text, textPair, label }) => [label, quoted(text), quoted(textPair)].join(delimiter));
        const content = [['label', 'text', 'text_pair'].join(delimiter), ...lines].join(end) + (endsWithBreak ? end : '');
        const read = readRows(fileWith(name, content));
        assert.deepEqual(
          read.map(({ line: _, ...row }) => row),
          rows,
        );
        const starts = read.map(({ line }) => content.split('\n')[line - 1]?.split(delimiter)[0]);
        assert.deepEqual(
          starts,
          rows.map(({ label }) => label),
        );
      }),
      { numRuns: 200, seed: 1 },
    );
  });
}

test('JSONL: what was written is read, with or without pairs', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record(
          { text: someText, textPair: someText, label: fc.constantFrom('yes', 'no') },
          { ...plain, requiredKeys: ['text', 'label'] },
        ),
      ),
      (rows) => {
        const read = readRows(fileWith('rows.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join('')));
        assert.deepEqual(
          read,
          rows.map((row, index) => ({ line: index + 1, ...row })),
        );
      },
    ),
    { numRuns: 100, seed: 1 },
  );
});

test('a byte order mark, blank lines, spaces in the header and further columns do no harm', () => {
  const file = fileWith('odd.csv', '\uFEFFid, text ,label\n1,one,a\n\n2,two,b\n');
  assert.deepEqual(readRows(file), [
    { line: 2, text: 'one', label: 'a' },
    { line: 4, text: 'two', label: 'b' },
  ]);
});

const broken: readonly { name: string; file: string; content: string | Uint8Array; want: string }[] = [
  {
    name: 'a quote in a field',
    file: 'a.csv',
    content: 'text,label\na,b\n"x"y,z\n',
    want: ':3, column text: unreadable row: Invalid Closing Quote: got "y" at line 3',
  },
  {
    name: 'a row that is too short',
    file: 'b.csv',
    content: 'text,label\na\n',
    want: ':2, column label: unreadable row: Invalid Record Length',
  },
  {
    name: 'a quote that never ends',
    file: 'c.csv',
    content: 'text,label\n"abc\n',
    want: ':2, column text: unreadable row: Quote Not Closed',
  },
  {
    name: 'a missing column',
    file: 'd.tsv',
    content: 'text\tclass\na\tb\n',
    want: ':1, column label: missing column; the first line must name the columns text, label and, for pairs, text_pair; it names text, class',
  },
  {
    name: 'an empty text',
    file: 'e.csv',
    content: 'text,label\n" ",b\n',
    want: ':2, column text: empty text; fill it in or remove the row',
  },
  {
    name: 'an empty label',
    file: 'f.csv',
    content: 'text,label\na,\n',
    want: ':2, column label: missing label; fill it in or remove the row',
  },
  {
    name: 'a line that is not JSON',
    file: 'g.jsonl',
    content: '{"text":"a","label":"b"}\n{"text":"c",}\n',
    want: ':2, column 13: is not JSON (Expected double-quoted property name',
  },
  {
    name: 'a line that is no object',
    file: 'h.jsonl',
    content: '["a","b"]\n',
    want: ':1: must be an object such as {"text": "…", "label": "…"}',
  },
  { name: 'a text that is a number', file: 'i.jsonl', content: '{"text":1,"label":"b"}\n', want: ':1, column text: must be a text, got 1' },
  {
    name: 'an empty second text',
    file: 'j.jsonl',
    content: '{"text":"a","textPair":"","label":"b"}\n',
    want: ':1, column text_pair: empty text; fill it in or remove the row',
  },
  {
    name: 'another encoding',
    file: 'k.csv',
    content: Buffer.from('text,label\na,b\ncaf\xe9,d\n', 'latin1'),
    want: ':3: is not UTF-8; save the file as UTF-8',
  },
  { name: 'another format', file: 'l.xlsx', content: '', want: ': must end in .jsonl, .csv or .tsv, or be a folder' },
];
for (const { name, file, content, want } of broken) {
  test(`${name} is named with its place and the way out`, () => {
    const written = fileWith(file, content);
    assert.throws(
      () => readRows(written),
      (error: Error) => error.name === 'DataError' && error.message.startsWith(written + want) && error.message.includes(want),
      want,
    );
  });
}
