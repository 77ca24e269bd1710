import type { Family } from '../family.ts';
import { bert } from './bert.ts';

/** BERT's layers on embeddings that may be narrower, and a head of its own. Source: Clark et al., ICLR 2020, arXiv:2003.10555. */
export const electra: Family = {
  ...bert,
  modelType: 'electra',
  className: 'ElectraForSequenceClassification',
  prefix: 'electra',
  projection: { widthField: 'embedding_size', widthByDefault: 128, tensor: 'embeddings_project' },
  head: { pooler: 'classifier.dense', classifier: 'classifier.out_proj', activation: 'gelu', dropsInput: true },
};
