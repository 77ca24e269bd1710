import type { RandomStream } from './random.ts';

/**
 * The standard normal distribution: share of draws that are at most x. Absolute error about 1e-15.
 * @see West: Better approximations to cumulative normal functions, Wilmott Magazine 2005 (after Hart 1968)
 */
export function normalCdf(x: number): number {
  const z = Math.abs(x);
  const tail =
    z > 37 ? 0 : Math.exp((-z * z) / 2) * (z < 10 / Math.SQRT2 ? polynomial(hartTop, z) / polynomial(hartBottom, z) : farTail(z));
  return x > 0 ? 1 - tail : tail;
}

/** A draw from the standard normal distribution. */
export const standardNormal = (random: RandomStream): number => normalQuantile(Math.max(2 ** -54, random.uniform()));

/**
 * The x below which a share of all standard normal draws lie, for a share above 0 and below 1. Relative error about 1e-16.
 * @see Wichura: Algorithm AS 241: The percentage points of the normal distribution, Applied Statistics 1988
 */
export function normalQuantile(share: number): number {
  const q = share - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(middle, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(q < 0 ? share : 1 - share));
  return Math.sign(q) * (r <= 5 ? ratio(near, r - 1.6) : ratio(far, r - 5));
}

/** Coefficients of a polynomial, the constant first. */
type Coefficients = readonly number[];
type Fraction = readonly [top: Coefficients, bottom: Coefficients];

const polynomial = (coefficients: Coefficients, x: number): number =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
const ratio = ([top, bottom]: Fraction, x: number): number => polynomial(top, x) / polynomial(bottom, x);
const farTail = (z: number): number => 1 / (z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))))) / Math.sqrt(2 * Math.PI);

const hartTop: Coefficients = [
  220.206867912376, 221.213596169931, 112.079291497871, 33.912866078383, 6.37396220353165, 0.700383064443688, 0.0352624965998911,
];
const hartBottom: Coefficients = [
  440.413735824752, 793.826512519948, 637.333633378831, 296.564248779674, 86.7807322029461, 16.064177579207, 1.75566716318264,
  0.0883883476483184,
];

const middle: Fraction = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087, 33430.57558358813,
    2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943,
    5226.495278852854,
  ],
];
const near: Fraction = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684, 0.2417807251774506,
    0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457, 0.0005475938084995345,
    1.0507500716444169e-9,
  ],
];
const far: Fraction = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124, 0.0012426609473880784,
    2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5, 1.421511758316446e-7,
    2.0442631033899397e-15,
  ],
];
