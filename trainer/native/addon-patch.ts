/** What we change in the source of tfjs's addon before it is compiled. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

interface Edit {
  /** Stands in the source once. */
  readonly from: string;
  readonly to: string;
}

const file = 'tfjs_backend.cc';

/**
 * A tensor made of a typed array gets a copy of it. As published, an array that begins at a multiple of 64 bytes shares its memory and is kept
 * alive by a reference, which TensorFlow gives back on whatever thread drops the tensor last; Node's API may be called on its own thread only.
 * Nor may a shared array be filled again while a tensor of it is in use. TensorFlow copies all other arrays already.
 */
const edits: readonly Edit[] = [
  {
    from: `  NapiAutoRef *auto_ref = new NapiAutoRef();
  nstatus = auto_ref->Init(env, array_value);
  if (nstatus != napi_ok) {
    delete auto_ref;
  }
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
`,
    to: '',
  },
  {
    from: `  TF_AutoTensor tensor(TF_NewTensor(dtype, shape, shape_length, array_data,
                                    byte_size, DeallocTensor, auto_ref));
`,
    to: `  TF_AutoTensor tensor(
      TF_AllocateTensor(dtype, shape, shape_length, byte_size));
  if (byte_size > 0) memcpy(TF_TensorData(tensor.tensor), array_data, byte_size);
`,
  },
  {
    from: `    delete auto_ref;
    TFE_DeleteTensorHandle`,
    to: `    TFE_DeleteTensorHandle`,
  },
];

/** Differs for every other patch: part of the name under which what was compiled is kept. */
export const patchDigest: string = createHash('sha256').update(JSON.stringify(edits)).digest('hex').slice(0, 8);

/** @param sources - folder with a copy of the addon's source, changed in place */
export function patchAddon(sources: string): void {
  const target = path.join(sources, file);
  writeFileSync(
    target,
    edits.reduce((text, edit) => applied(text, edit, target), readFileSync(target, 'utf8')),
  );
}

function applied(text: string, { from, to }: Edit, target: string): string {
  const pieces = text.split(from);
  if (pieces.length !== 2) {
    const first = from.trim().split('\n')[0];
    throw new Error(`${target}: must have the patched place once, it has it ${pieces.length - 1} times; the place begins: ${first}`);
  }
  return pieces.join(to);
}
