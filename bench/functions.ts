/** Functions on which searches are compared with those of peers, each in a box that does not favour its middle. */
import { branin, hartmann6 } from '../study/simulator/multi-fidelity.ts';

/** Lowest and highest value of each coordinate. */
type Box = readonly (readonly [min: number, max: number])[];

export interface SyntheticFunction {
  readonly name: string;
  readonly box: Box;
  /** Simple regret of a point of the box: its value less the least there is, which is 0. */
  readonly regret: (x: readonly number[]) => number;
}

/** Two objectives, both to be minimized. */
export interface TwoObjectiveFunction {
  readonly name: string;
  readonly box: Box;
  readonly objectives: (x: readonly number[]) => readonly [number, number];
}

const cube = (min: number, max: number, dimensions: number): Box => Array.from({ length: dimensions }, () => [min, max]);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

/** @see Surjanovic, Bingham: Virtual Library of Simulation Experiments, https://www.sfu.ca/~ssurjano */
export const syntheticFunctions: readonly SyntheticFunction[] = [
  {
    name: 'branin',
    box: branin.box,
    regret: (x) => branin.valueAt(x, 1) - branin.least,
  },
  { name: 'hartmann6', box: hartmann6.box, regret: (x) => hartmann6.valueAt(x, 1) - hartmann6.least },
  {
    name: 'rosenbrock5',
    box: cube(-5, 10, 5),
    regret: (x) => sum(x.slice(1).map((next, i) => 100 * (next - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2)),
  },
  {
    name: 'ackley10',
    box: cube(-20, 32.768, 10),
    regret: (x) =>
      20 * (1 - Math.exp(-0.2 * Math.sqrt(mean(x.map((value) => value ** 2))))) +
      Math.E -
      Math.exp(mean(x.map((value) => Math.cos(2 * Math.PI * value)))),
  },
  {
    name: 'rastrigin10',
    box: cube(-4, 5.12, 10),
    regret: (x) => sum(x.map((value) => 10 + value ** 2 - 10 * Math.cos(2 * Math.PI * value))),
  },
];

/** In 30 dimensions. @see Zitzler, Deb, Thiele: Comparison of multiobjective evolutionary algorithms, Evolutionary Computation 2000 */
export const twoObjectiveFunctions: readonly TwoObjectiveFunction[] = [
  zdt('zdt1', (share) => 1 - Math.sqrt(share)),
  zdt('zdt2', (share) => 1 - share ** 2),
  zdt('zdt3', (share, first) => 1 - Math.sqrt(share) - share * Math.sin(10 * Math.PI * first)),
];

/** @param front - the second objective over g, from the first over g and the first */
function zdt(name: string, front: (share: number, first: number) => number): TwoObjectiveFunction {
  return {
    name,
    box: cube(0, 1, 30),
    objectives: ([first = 0, ...others]) => {
      const g = 1 + 9 * mean(others);
      return [first, g * front(first / g, first)];
    },
  };
}
