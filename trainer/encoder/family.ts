/** What makes one family of encoders differ from another. Each family is a table in `families/`, and no other code asks which one it is. */

export interface Family {
  /** `model_type` of config.json. */
  readonly modelType: string;
  /** The class of `transformers` that a written model is. */
  readonly className: string;
  readonly fields: ConfigFields;
  /** In front of the names of the encoder's tensors. Files of an encoder alone leave it out. */
  readonly prefix: string;
  /** In front of the number of an encoder layer, after the prefix. */
  readonly layers: string;
  readonly layer: LayerTensors;
  /** Whether a token's type is told by the text it belongs to, is always the first, or is not there. */
  readonly tokenTypes: 'ofText' | 'allFirst' | 'none';
  /** Row of the position table for a text's first token: the first one, or the one after the padding token's id. */
  readonly firstPosition: 'zero' | 'afterPadding';
  /** Whether there is dropout between attention and the sum with what went into it. */
  readonly dropsAttended: boolean;
  /** A linear map from the width of the embeddings to that of the layers, where the two differ. */
  readonly projection?: { readonly widthField: string; readonly widthByDefault: number; readonly tensor: string };
  readonly head: Head;
}

/** What config.json calls its fields, as far as families differ. */
interface ConfigFields {
  readonly layers: string;
  readonly hidden: string;
  readonly heads: string;
  readonly intermediate: string;
  readonly activation: string;
  readonly hiddenDropout: string;
  readonly attentionDropout: string;
  readonly headDropout: string;
  /** Where the field is not there. Absent: the hidden dropout. */
  readonly headDropoutByDefault?: number;
}

/** Names within a layer; each is a `.weight` and a `.bias`. */
interface LayerTensors {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly attended: string;
  readonly attendedNorm: string;
  readonly widen: string;
  readonly narrow: string;
  readonly narrowNorm: string;
}

/** Two linear maps on the first position of the last layer, and what is between them. */
interface Head {
  /** Full names: that of BERT's first map begins with the prefix. */
  readonly pooler: string;
  readonly classifier: string;
  readonly activation: 'tanh' | 'relu' | 'gelu';
  /** Whether there is dropout before the first map, besides the one before the second. */
  readonly dropsInput: boolean;
}
