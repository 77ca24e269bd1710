/** The example sweeps are right, and what they make of a trial is something that the trainer takes. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { checkAgainstModel } from '../study/model-check.ts';
import { trainerSettingsSchema } from '../study/spec/trial-template-schema.ts';
import { parseSweep } from '../study/spec.ts';
import { suggestionOf } from '../study/suggestion.ts';
import { trainerBlockOf } from '../study/trainer-block.ts';

const folder = path.join(import.meta.dirname, '../examples');
const miniLm = { layers: 6 };
const names = ['embeddings', '0', '1', '2', '3', '4', '5', 'head'];

for (const file of globSync('**/*.yaml', { cwd: folder }).toSorted()) {
  const written = parse(readFileSync(path.join(folder, file), 'utf8'));
  if (written.kind !== 'Sweep' || written.spec.trialTemplate.command !== undefined) continue; // nights and other trainers have tests of their own
  test(`${file}: expands to trials`, () => {
    const sweep = parseSweep(written);
    checkAgainstModel(sweep, miniLm);
    const { enqueue, enqueueAssignments, trialTemplate, searchAlgorithm } = sweep.spec;
    const told = enqueue.length + enqueueAssignments.length;
    for (let seed = 0; seed < 20; seed += 1) {
      const seeded = { ...sweep, spec: { ...sweep.spec, searchAlgorithm: { ...searchAlgorithm, seed } } };
      for (const trial of seed === 0 ? Array.from({ length: told + 1 }, (_, each) => each) : [told]) {
        const suggestion = suggestionOf(seeded, miniLm, trial, []);
        assert.ok(suggestion?.layers !== undefined);
        assert.deepEqual(
          suggestion.layers.map(({ name }) => name),
          names,
        );
        const settings = trainerSettingsSchema.parse(trainerBlockOf(trialTemplate, suggestion.assignment));
        assert.equal(settings.method, suggestion.assignment.method ?? trialTemplate.trainer.method ?? 'full');
      }
    }
  });
}
