import type { SimulatedObjective } from './simulated-objective.ts';

/**
 * Classic test functions that are measured inexactly before the last step, with a bias that shrinks step by step and moves the
 * optimum: what an early rung says is nearly right, not right. `fidelity` is the share of the horizon, 1 is the function itself.
 * @see Kandasamy, Dasarathy, Schneider, Póczos: Multi-fidelity Bayesian Optimisation with Continuous Approximations, ICML 2017,
 *   section 5: every fidelity there is one here
 */
export interface MultiFidelityFunction {
  /** Lowest and highest value of each coordinate. */
  readonly box: readonly (readonly [min: number, max: number])[];
  /** The least value at fidelity 1. */
  readonly least: number;
  readonly valueAt: (x: readonly number[], fidelity: number) => number;
}

/** Two variables, three optima. */
export const branin: MultiFidelityFunction = {
  box: [
    [-5, 10],
    [0, 15],
  ],
  least: 0.39788735772973816,
  valueAt: ([a = 0, b = 0], fidelity) => {
    const gap = 1 - fidelity;
    const square = 5.1 / (4 * Math.PI ** 2) - 0.01 * gap;
    const slope = 5 / Math.PI - 0.1 * gap;
    const dip = 1 / (8 * Math.PI) + 0.05 * gap;
    return (b - square * a ** 2 + slope * a - 6) ** 2 + 10 * (1 - dip) * Math.cos(a) + 10;
  },
};

/** Six variables, four hollows, which get deeper with each step. */
export const hartmann6: MultiFidelityFunction = {
  box: Array.from({ length: 6 }, () => [0, 1]),
  least: -3.32236801141551,
  valueAt: (x, fidelity) => {
    const hollows = [1, 1.2, 3, 3.2].map((depth, hollow) => {
      const distance = x.reduce((total, value, i) => total + widths[hollow]![i]! * (value - centres[hollow]![i]!) ** 2, 0);
      return (depth - 0.1 * (1 - fidelity)) * Math.exp(-distance);
    });
    return -hollows.reduce((total, hollow) => total + hollow, 0);
  },
};

/** Training whose loss is the function's value at the parameters `x0`, `x1` …; a step takes a second, whatever they are. */
export function multiFidelityObjective({ box, valueAt }: MultiFidelityFunction, metric: string, horizon: number): SimulatedObjective {
  return {
    metricsAt: ({ assignment }, step) => ({
      [metric]: valueAt(
        box.map((_, i) => Number(assignment[`x${i}`])),
        step / horizon,
      ),
    }),
    secondsPerStep: () => 1,
  };
}

const widths = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const centres = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];
