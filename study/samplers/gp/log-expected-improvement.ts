import { normalCdf } from '../../normal.ts';

/** Logarithm of the expected improvement, and how it changes with the model's mean and standard deviation. */
export interface LogImprovement {
  readonly value: number;
  readonly byMean: number;
  readonly byDeviation: number;
}

/**
 * log E[max(0, best - Y)] for a normal Y. Its logarithm, because far from any improvement the expectation itself is 0 in
 * floating point and says nothing about where to go.
 * @param deviation - above 0
 * @see Ament, Daulton, Eriksson, Balandat, Bakshy: Unexpected improvements to expected improvement, NeurIPS 2023, arXiv:2310.20708
 */
export function logExpectedImprovement(best: number, mean: number, deviation: number): LogImprovement {
  const z = (best - mean) / deviation;
  const { logGain, shareOverGain, densityOverGain } = z > -1 ? direct(z) : tail(-z);
  return { value: Math.log(deviation) + logGain, byMean: -shareOverGain / deviation, byDeviation: densityOverGain / deviation };
}

/** With gain h(z) = φ(z) + z Φ(z): log h, Φ / h and φ / h. */
interface Gain {
  readonly logGain: number;
  readonly shareOverGain: number;
  readonly densityOverGain: number;
}

const logRootTwoPi = Math.log(2 * Math.PI) / 2;

function direct(z: number): Gain {
  const density = Math.exp((-z * z) / 2 - logRootTwoPi);
  const share = normalCdf(z);
  const gain = density + z * share;
  return { logGain: Math.log(gain), shareOverGain: share / gain, densityOverGain: density / gain };
}

/**
 * For z = -t the two terms of the gain all but cancel. Mills' ratio Φ(-t) / φ(t) is 1 / (t + c) with the continued
 * fraction c = 1 / (t + 2 / (t + 3 / …)), so that h / φ = 1 - t / (t + c) = c / (t + c), which loses nothing.
 * @see Abramowitz, Stegun: Handbook of Mathematical Functions, 26.2.14
 */
function tail(t: number): Gain {
  let below = t;
  for (let term = Math.ceil(30 + 300 / (t * t)); term >= 2; term -= 1) below = t + term / below;
  const c = 1 / below;
  const ratio = c / (t + c);
  return { logGain: (-t * t) / 2 - logRootTwoPi + Math.log(ratio), shareOverGain: 1 / c, densityOverGain: 1 / ratio };
}
