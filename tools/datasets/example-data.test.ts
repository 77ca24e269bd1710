import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { loadDataset } from '../../trainer/data/dataset.ts';
import { sections, sectionTexts } from './debian-sections.ts';
import { exampleTexts, perLabel } from './example-data.ts';
import { drawRest, drawSplits, type LabelledText, neededPerLabel, writeDataset } from './labelled-text.ts';
import { type Package, parsePackages } from './package-metadata.ts';

const lists = `Package: chess-data
Source: chess (1.0-1)
Section: games
Description: Chess game (data files)

Package: chess
Version: 1.0-1
Description: Chess game
 It plays well.
Description-md5: 0123
Section: games

Package: draughts
Description: CHESS game - old rules
Section: contrib/games

Package: ping
Description-en: Reaches hosts: or not
Section: non-free/net

Package: tail
Section: utils
Description: Not of a section that we use

Package: broken
Section: net
`;

test('package lists are read, with the area taken off the section', () => {
  const read = parsePackages(lists).map(({ name, source, section, synopsis }) => [name, source, section, synopsis].join(' | '));
  assert.deepEqual(read, [
    'chess-data | chess | games | Chess game (data files)',
    'chess | chess | games | Chess game',
    'draughts | draughts | games | CHESS game - old rules',
    'ping | ping | net | Reaches hosts: or not',
    'tail | tail | utils | Not of a section that we use',
  ]);
});

test('one text stays of each source package and of texts that are nearly the same', () => {
  assert.deepEqual(sectionTexts(parsePackages(lists)), [
    { text: 'Chess game', label: 'games' },
    { text: 'Reaches hosts: or not', label: 'net' },
  ]);
});

/** As many packages of each section as the splits take, and a few more. */
const manyPackages: readonly Package[] = sections.flatMap((section) =>
  Array.from({ length: neededPerLabel(perLabel) + 5 }, (_, index) => ({
    name: `${section}${index}`,
    source: `${section}${index}`,
    section,
    synopsis: `${section} thing ${index}`,
  })),
);

for (const { name, packages, labels, news } of [
  { name: 'package descriptions', packages: manyPackages, labels: sections, news: /^1850 package descriptions/ },
  {
    name: 'made-up sentences, where a section is too small',
    packages: manyPackages.slice(6),
    labels: ['alarm', 'banking', 'calendar', 'cooking', 'lights', 'music', 'navigation', 'shopping', 'translation', 'weather'],
    news: /^made-up intent sentences, because .* has 179 descriptions in its scarcest section and 180 are needed/,
  },
]) {
  test(`the data set of ${name} is balanced, has no text twice, and comes out the same again`, async (t) => {
    const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'permafrost-data-')), 'example');
    t.after(() => rmSync(path.dirname(folder), { recursive: true }));
    const make = () => {
      const made = exampleTexts(sectionTexts(packages));
      return { ...made, splits: drawSplits(made.texts, made.description.labels, made.description.seed, perLabel) };
    };
    const made = make();
    const { description, splits, news: said } = made;
    assert.match(said, news);
    assert.deepEqual(make().splits, splits);
    const pool = drawRest(made.texts, splits, 7, 40);
    writeDataset(folder, description, splits, pool);

    const dataset = await loadDataset(folder);
    assert.deepEqual(dataset.labels, labels);
    const counts = (rows: readonly { label: number }[]) => labels.map((_, label) => rows.filter((row) => row.label === label).length);
    assert.deepEqual([dataset.train, dataset.selection, dataset.heldOut].map(counts), [
      labels.map(() => 30),
      labels.map(() => 50),
      labels.map(() => 100),
    ]);
    const texts = Object.values(splits).flatMap((rows: readonly LabelledText[]) => rows.map(({ text }) => text));
    assert.equal(new Set(texts).size, 1800);
    assert.deepEqual(
      (dataset.unlabelled ?? []).map(({ text }) => text),
      pool,
    );
    assert.equal(pool.length, Math.min(40, made.texts.length - 1800));
    assert.equal(new Set([...texts, ...pool]).size, 1800 + pool.length);
  });
}
