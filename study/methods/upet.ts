import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const upet = methodPage({
  title: 'UPET: a teacher, a student and texts without labels',
  family: 'which texts are learnt from',
  idea: 'The model learns from the labelled texts, then guesses the labels of texts without any, several times with different dropout. Texts of which it is sure, and does not change its mind, are drawn, and its biases and head go on to learn from those beside the labelled ones, with a loss that a wrong guess cannot pull far. Then it guesses anew.',
  formula: [
    'p̄ = mean over passes of p; disagreement = (H(p̄) - mean H(p)) / log(labels); a text is drawn in proportion to max p̄ · (1 - disagreement)',
    'loss = -log p where p ≥ 1/tau, else log tau + 1 - tau·p, with p of the (guessed) label',
  ],
  settings: z.strictObject({
    teacherShare: z
      .number()
      .gt(0)
      .max(0.9)
      .default(0.4)
      .describe("Share of a trial's steps on labelled texts alone, in which all learns. Above 0, at most 0.9; default 0.4."),
    rounds: z
      .int()
      .min(1)
      .max(30)
      .default(2)
      .describe('How often labels are guessed, at even distances in the other steps. 1 to 30; default 2.'),
    passes: z.int().min(2).max(50).default(5).describe('Guesses at a text, each with dropout of its own. 2 to 50; default 5.'),
    sampleShare: z
      .number()
      .gt(0)
      .max(1)
      .default(0.1)
      .describe('Share of the texts without labels that are drawn in a round. Above 0, at most 1; default 0.1.'),
    tau: z.number().gt(1).default(10).describe('Steepest slope of the loss. Above 1; default 10.'),
    tunes: z
      .enum(['biases', 'all'])
      .default('biases')
      .describe('What learns once labels are guessed: biases, with the head, or all. Default biases.'),
  }),
  use: 'With some hundred labelled texts and thousands without labels. Search rounds from 1 to 5, sampleShare from 0.1 to 0.3, passes 5 and 10. Early rungs show the teacher: let the first one lie beyond teacherShare.',
  cost: 'Below 1× for a step; and rounds · passes passes without gradients over the texts without labels.',
  source: 'Wang et al., Findings of EMNLP 2023, arXiv:2310.13022 (abstract); wjn1996/UPET.',
  decided:
    "Our operationalisation, for of the paper only the abstract and the code were at hand: teacher and student are one model that goes on, so that a trial is compared at equal steps; the student's small set of weights is biases and head; labelled texts and drawn ones are mixed as in the code; texts are drawn from all labels together, where the code draws as many of each; the contrast of easy and hard texts is left out. Texts without labels are unlabelled.jsonl in the dataset folder.",
  needs: 'unlabelled texts',
  excludes: { regression: 'it guesses labels', 'dropout 0': 'how sure it is shows in passes that differ by dropout' },
});
