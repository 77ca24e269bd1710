import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HeldOutScore } from '../held-out.ts';
import type { LayerConfiguration } from '../trial.ts';
import { answerOf } from './answer.ts';
import type { Importance, SettingImportance } from './importance.ts';

const accuracy = { metric: 'eval/accuracy', direction: 'maximize' } as const;

const aSetting = (label: string, share: number, p: number, rho = 0.6, aspect?: 'frozen' | 'rate'): SettingImportance => ({
  name: `parameter of ${label}`,
  label,
  ...(aspect && { aspect }),
  share,
  interval: [share / 2, share + 0.1],
  p,
  pedAnova: 0.1,
  correlation: { rho, p },
});
const anImportance = (settings: readonly SettingImportance[], sample: Importance['sample'] = 'panel'): Importance => ({
  sample,
  trials: 40,
  settings,
  layers: [],
});

const importances: readonly { name: string; importance: Importance; want: readonly string[] }[] = [
  {
    name: 'two that are certain, one that is not',
    importance: anImportance([
      aSetting("layer 9's rate", 0.31, 0.002, -0.6, 'rate'),
      aSetting('freezing the embeddings', 0.12, 0.03, 0.4, 'frozen'),
      aSetting('headLearningRate', 0.1, 0.2),
    ]),
    want: [
      "Layer 9's rate matters most: it explains 31 % of the differences between 40 trials (95 % interval 16 % to 41 %); lower is better.",
      'Freezing the embeddings matters too: 12 % (6 % to 22 %); frozen is better.',
    ],
  },
  {
    name: 'nothing certain',
    importance: anImportance([aSetting("layer 9's rate", 0.1, 0.21)]),
    want: ["In these 40 trials no setting matters by more than chance; the strongest is layer 9's rate (p 0.21)."],
  },
  {
    name: 'a sample that the sampler bent',
    importance: anImportance([aSetting("layer 9's rate", 0.1, 0.21)], 'searched'),
    want: [
      "In these 40 trials no setting matters by more than chance; the strongest is layer 9's rate (p 0.21).",
      'Many of these trials were chosen by the sampler, which crowds where it finds good ones: shares are rather too small.',
    ],
  },
];
for (const { name, importance, want } of importances) {
  test(`answer: ${name}`, () => assert.deepEqual(answerOf(importance, undefined, [], accuracy), want));
}

test('answer: which layers were better frozen, and which worse', () => {
  const layers = [0.4, 0.3, -0.3, 0.2].map((rho, layer) => ({
    layer: `${layer}`,
    frozenShare: 0.5,
    frozen: { rho, p: Math.abs(rho) > 0.25 ? 0.01 : 0.2 },
  }));
  const nothing = anImportance([aSetting('x', 0.1, 0.21)]);
  const [tendency] = answerOf({ ...nothing, layers }, undefined, [], accuracy);
  assert.equal(tendency, 'Trials that froze layers 0–1 did better; those that froze layer 2 did worse.');
});

const layersFrozen = (...frozen: readonly string[]): LayerConfiguration =>
  ['embeddings', '0', '1', '2', '3', 'head'].map((name) =>
    frozen.includes(name) ? { name, mode: 'frozen' } : { name, mode: 'full', learningRate: 1e-4 },
  );
const score = (name: string, mean: number, seeds = 4): HeldOutScore => ({
  name,
  mean,
  values: Array<number>(seeds).fill(mean),
  ...(seeds > 1 && { deviation: 0.02 }),
});

const freezing: readonly { name: string; layers: LayerConfiguration; scores: readonly HeldOutScore[]; want: string }[] = [
  { name: 'nothing frozen', layers: layersFrozen(), scores: [], want: 'The best configuration freezes no layer.' },
  {
    name: 'no baseline to compare with',
    layers: layersFrozen('embeddings', '0'),
    scores: [score('best', 0.8)],
    want: 'The best configuration freezes the embeddings and layer 0; whether that costs anything is not known: enqueue fullFineTuning and it will be measured.',
  },
  {
    name: 'no worse than training all',
    layers: layersFrozen('embeddings', '0', '1', '3'),
    scores: [score('best', 0.8), score('fullFineTuning', 0.79)],
    want: 'The embeddings and layers 0–1 and 3 can stay frozen: the best configuration freezes them and does no worse than fullFineTuning on held-out data (+0.010, noise 0.028).',
  },
  {
    name: 'within noise of it',
    layers: layersFrozen('embeddings'),
    scores: [score('best', 0.78), score('fullFineTuning', 0.79)],
    want: 'The embeddings can probably stay frozen: the best configuration freezes them and does not do measurably worse than fullFineTuning on held-out data (−0.010, noise 0.028).',
  },
  {
    name: 'worse than it',
    layers: layersFrozen('embeddings'),
    scores: [score('best', 0.7), score('fullFineTuning', 0.79)],
    want: 'The best configuration freezes the embeddings, and does worse than fullFineTuning on held-out data (−0.090, noise 0.028): here freezing costs something.',
  },
  {
    name: 'one seed',
    layers: layersFrozen('2'),
    scores: [score('best', 0.8, 1), score('fullFineTuning', 0.79, 1)],
    want: 'The best configuration freezes layer 2; it does no worse than fullFineTuning on held-out data (+0.010, noise unknown: one seed).',
  },
];
for (const { name, layers, scores, want } of freezing) {
  test(`answer: ${name}`, () => assert.deepEqual(answerOf(undefined, layers, scores, accuracy), [want]));
}
