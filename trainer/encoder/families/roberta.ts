import type { Family } from '../family.ts';
import { bert } from './bert.ts';

/** BERT's layers, with positions that begin after the padding's and a head of its own. Source: Liu et al., 2019, arXiv:1907.11692. */
export const roberta: Family = {
  ...bert,
  modelType: 'roberta',
  className: 'RobertaForSequenceClassification',
  prefix: 'roberta',
  tokenTypes: 'allFirst',
  firstPosition: 'afterPadding',
  head: { pooler: 'classifier.dense', classifier: 'classifier.out_proj', activation: 'tanh', dropsInput: true },
};
