import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const lpft = methodPage({
  title: 'LP-FT: the head first, then everything',
  family: 'when layers learn',
  idea: 'First the head learns alone, then all layers. A head of random numbers would send random gradients into the layers below and distort what they know.',
  formula: ['steps below headShare · T: the head alone; from there on: all, with a schedule of their own'],
  settings: z.strictObject({
    headShare: z
      .number()
      .gt(0)
      .max(0.9)
      .default(0.2)
      .describe("Share of a trial's steps in which the head learns alone. Above 0, at most 0.9; default 0.2."),
  }),
  use: 'When texts of later use differ from those of training. Early rungs show the head alone: let the first rung lie beyond headShare.',
  cost: 'Below 1×: the first part needs no way back through the layers.',
  source: 'Kumar et al., ICLR 2022, arXiv:2202.10054.',
  decided:
    'Our operationalisation: both parts lie within the steps of a trial, so that it is compared at equal steps; the head keeps its moments; dropout is on in both.',
});
