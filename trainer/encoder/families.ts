import { bert } from './families/bert.ts';
import { distilbert } from './families/distilbert.ts';
import { electra } from './families/electra.ts';
import { roberta } from './families/roberta.ts';
import type { Family } from './family.ts';

/** All that this trainer knows. */
export const families: readonly Family[] = [bert, distilbert, roberta, electra];
