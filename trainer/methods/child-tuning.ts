import { valueAt } from '../../study/methods/by-layer.ts';
import type { MethodSettings } from '../../study/methods/methods.ts';
import type { Parameter } from '../encoder/parameters.ts';
import { atLeast, concatenate, multiply, nthLargest, reshape } from '../kernels/arithmetic.ts';
import { zerosAndOnes } from '../kernels/dropout.ts';
import { inScope } from '../kernels/handle.ts';
import { constant } from '../kernels/operation.ts';
import { sizeOfShape } from '../shape.ts';
import { isInLayer, squaresOf, sumSquares } from './fisher.ts';
import type { Held } from './held.ts';
import type { Method, Opening, RunFacts, Session } from './method.ts';
import { methodNoise } from './noise.ts';

type Settings = MethodSettings['childTuning'];

/**
 * Only a part of all numbers gets a gradient. Variant F: a random share, drawn anew in each step, scaled by 1 / share; source: Xu et al., EMNLP
 * 2021, arXiv:2109.05687, section 2.2. Variant D: the share of the encoder layers' numbers with the largest Fisher information before training,
 * the same to the end, not scaled; section 2.3. Gradients are clipped after the mask here, before it in the authors' code (RunxinXu/ChildTuning).
 */
export function childTuning(settings: Settings, facts: RunFacts): Method {
  return { open: (opening) => (settings.variant === 'F' ? taskFree(settings, facts, opening) : taskDriven(settings, facts, opening)) };
}

function taskFree({ share }: Settings, { seed }: RunFacts, { trained: all }: Opening): Session {
  const placeOf = new Map(all.map(({ name }, place) => [name, place]));
  return {
    differentiate({ step, trained, evaluate }) {
      const { loss, gradients } = evaluate();
      const chosen = gradients.map(({ of, ...rows }, index) => {
        const { name, layer } = trained[index]!; // in the same order
        const shareHere = valueAt(share, layer);
        const mask = zerosAndOnes(of.shape, methodNoise(seed, step, placeOf.get(name)!, 1 - shareHere)); // part of all
        return { of: multiply(multiply(of, mask), constant(1 / shareHere)), ...rows };
      });
      return { loss, gradients: chosen };
    },
  };
}

function taskDriven({ share }: Settings, { batchSize, clipNorm }: RunFacts, { trained: all, held }: Opening): Session {
  return {
    async survey(look) {
      // the authors square what would be clipped, in batches and with dropout as in training
      await sumSquares(look, all, { texts: { atOnce: batchSize, dropout: 'on' }, clipNorm, counts: isInLayer }, held);
      const inLayers = all.filter(isInLayer);
      const groups = typeof share === 'number' ? [inLayers] : Map.groupBy(inLayers, ({ layer }) => layer).values();
      for (const group of groups) inScope(() => maskLargest(group, share, held));
    },
    differentiate({ trained, evaluate }) {
      const { loss, gradients } = evaluate();
      const chosen = gradients.map((gradient, index) => {
        const mask = held.get(maskOf(trained[index]!)); // in the same order
        return mask === undefined ? gradient : { of: multiply(gradient.of, mask) };
      });
      return { loss, gradients: chosen };
    },
  };
}

const maskOf = ({ name }: Parameter): string => `mask.${name}`;

/** One threshold for all numbers of the parameters, whose share is the same. */
function maskLargest(parameters: readonly Parameter[], share: Settings['share'], held: Held): void {
  const flat = parameters.map((parameter) => reshape(held.get(squaresOf(parameter))!, sizeOfShape(parameter.shape))); // each was summed
  const [first] = parameters;
  if (first === undefined) return;
  const together = concatenate(flat);
  const count = Math.round(valueAt(share, first.layer) * together.shape[0]!);
  const threshold = nthLargest(together, Math.max(1, count));
  for (const parameter of parameters) {
    held.set(maskOf(parameter), atLeast(held.get(squaresOf(parameter))!, threshold));
    held.delete(squaresOf(parameter));
  }
}
