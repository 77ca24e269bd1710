import type { Family } from '../family.ts';

/** Source: Sanh et al., 2019, arXiv:1910.01108; names and dropout as in `transformers`. */
export const distilbert: Family = {
  modelType: 'distilbert',
  className: 'DistilBertForSequenceClassification',
  fields: {
    layers: 'n_layers',
    hidden: 'dim',
    heads: 'n_heads',
    intermediate: 'hidden_dim',
    activation: 'activation',
    hiddenDropout: 'dropout',
    attentionDropout: 'attention_dropout',
    headDropout: 'seq_classif_dropout',
    headDropoutByDefault: 0.2,
  },
  prefix: 'distilbert',
  layers: 'transformer.layer',
  layer: {
    query: 'attention.q_lin',
    key: 'attention.k_lin',
    value: 'attention.v_lin',
    attended: 'attention.out_lin',
    attendedNorm: 'sa_layer_norm',
    widen: 'ffn.lin1',
    narrow: 'ffn.lin2',
    narrowNorm: 'output_layer_norm',
  },
  tokenTypes: 'none',
  firstPosition: 'zero',
  dropsAttended: false,
  head: { pooler: 'pre_classifier', classifier: 'classifier', activation: 'relu', dropsInput: false },
};
