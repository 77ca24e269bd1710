import type { Family } from '../family.ts';

/** Also MiniLM and most sentence encoders. Source: Devlin et al., NAACL 2019, arXiv:1810.04805. */
export const bert: Family = {
  modelType: 'bert',
  className: 'BertForSequenceClassification',
  fields: {
    layers: 'num_hidden_layers',
    hidden: 'hidden_size',
    heads: 'num_attention_heads',
    intermediate: 'intermediate_size',
    activation: 'hidden_act',
    hiddenDropout: 'hidden_dropout_prob',
    attentionDropout: 'attention_probs_dropout_prob',
    headDropout: 'classifier_dropout',
  },
  prefix: 'bert',
  layers: 'encoder.layer',
  layer: {
    query: 'attention.self.query',
    key: 'attention.self.key',
    value: 'attention.self.value',
    attended: 'attention.output.dense',
    attendedNorm: 'attention.output.LayerNorm',
    widen: 'intermediate.dense',
    narrow: 'output.dense',
    narrowNorm: 'output.LayerNorm',
  },
  tokenTypes: 'ofText',
  firstPosition: 'zero',
  dropsAttended: true,
  head: { pooler: 'bert.pooler.dense', classifier: 'classifier', activation: 'tanh', dropsInput: false },
};
