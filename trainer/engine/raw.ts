/**
 * The engine that trains: it differentiates on TensorFlow's own tensors, with what the kernels say of their gradients and nothing else. Against
 * tfjs's tape it halves what dispatch costs, and it frees what was kept for the way back as it goes back.
 */
import { add, zerosLike } from '../kernels/arithmetic.ts';
import { giveToScope, type Handle, hold, inScope, release, scoped } from '../kernels/handle.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { constant } from '../kernels/operation.ts';
import { type Engine, type Graph, type WeightSource, weightOf, withRows } from './graph.ts';

/** A tensor of a pass. */
interface Node {
  /** Held by the scope that it was made in, and by the steps back that need it. */
  readonly handle: Handle;
  /** Whether a trained weight leads to it. */
  readonly isTracked: boolean;
  /** Sum of what has come back to it so far; held. */
  gradient?: Handle;
}

/** How a node's gradient goes on to what the node was made of. */
interface StepBack {
  readonly result: Node;
  back(dy: Handle): void;
  /** Lets go of what was kept for `back`. */
  forget(): void;
}

/** What memory is spent on: `keep` what the way back needs, or `recompute` it there, part by part. */
export type Memory = 'keep' | 'recompute';

export function rawEngine(source: WeightSource, memory: Memory): Engine {
  return {
    gradients(loss, rows) {
      const [of, ...gradients] = scoped(() => {
        const trained = new Map(
          source.trained.map((name): [string, Node] => [name, { handle: weightOf(source, name, rows), isTracked: true }]),
        );
        const steps: StepBack[] = [];
        const result = loss(graphWith(steps, memory), (name) => trained.get(name) ?? untracked(weightOf(source, name, rows)));
        goBack(steps, result, constant(1));
        return [result.handle, ...[...trained.values()].map(takeGradient)];
      });
      return { loss: of!, gradients: withRows(gradients, source, rows) }; // the loss comes first
    },
    run: (pass, rows) => scoped(() => pass(graphWith(undefined, memory), (name) => untracked(weightOf(source, name, rows))).handle),
  };
}

const untracked = (handle: Handle): Node => ({ handle, isTracked: false });

/** @param steps - takes down the steps back; without it nothing is differentiated */
function graphWith(steps: StepBack[] | undefined, memory: Memory): Graph<Node> {
  const graph: Graph<Node> = {
    apply(kernel, inputs, settings) {
      const handles = Object.fromEntries(Object.entries<Node>(inputs).map(([name, { handle }]) => [name, handle])) as never; // the same names
      const [handle, ...kept] = scoped(() => kernel.forward(handles, settings));
      const isTracked = Object.values<Node>(inputs).some((input) => input.isTracked);
      const result: Node = { handle, isTracked };
      if (isTracked) steps?.push(backThrough(kernel, inputs, result, kept, settings));
      return result;
    },
    constant: untracked,
    part(x, pass) {
      const runIn = (inner: Graph<Node>): Node => {
        let result = x;
        scoped(() => {
          result = pass(inner, x);
          return result.handle;
        });
        return result;
      };
      if (steps === undefined || memory === 'keep') return runIn(graph);
      const { handle, isTracked } = runIn(graphWith(undefined, memory));
      const result: Node = { handle, isTracked }; // not what was made inside, whose gradient is of another way back
      if (isTracked) steps.push(backThroughAgain(x, pass, result));
      return result;
    },
  };
  return graph;
}

function backThrough<Input extends string, Settings>(
  kernel: Kernel<Input, Settings>,
  inputs: Readonly<Record<Input, Node>>,
  result: Node,
  kept: readonly Handle[],
  settings: Settings,
): StepBack {
  const nodes: Readonly<Record<string, Node>> = { ...inputs, result };
  const saved = Object.fromEntries(kernel.saved.map((name) => [name, hold(nodes[name]!.handle)])); // `saved` names inputs or the result
  for (const handle of kept) hold(handle);
  return {
    result,
    back(dy) {
      const thunks = kernel.gradient(dy, saved as never, kept, settings);
      for (const [name, input] of Object.entries<Node>(inputs)) {
        if (input.isTracked) addGradient(input, scoped(thunks[name as Input]!)); // what weights lead to has a thunk
      }
    },
    forget() {
      for (const handle of [...Object.values(saved), ...kept]) release(handle);
    },
  };
}

/** Of a part whose inside was not kept: runs it again, and then back. */
function backThroughAgain(x: Node, part: (graph: Graph<Node>, x: Node) => Node, result: Node): StepBack {
  hold(x.handle);
  return {
    result,
    back(dy) {
      const again: Node = { handle: x.handle, isTracked: x.isTracked };
      const steps: StepBack[] = [];
      const end = part(graphWith(steps, 'keep'), again);
      goBack(steps, end, dy);
      if (again.gradient === undefined) return;
      addGradient(x, again.gradient);
      release(again.gradient);
    },
    forget: () => release(x.handle),
  };
}

function goBack(steps: readonly StepBack[], result: Node, dy: Handle): void {
  addGradient(result, dy);
  for (const step of steps.toReversed()) {
    const { gradient } = step.result;
    if (gradient !== undefined) {
      inScope(() => step.back(gradient));
      delete step.result.gradient;
      release(gradient);
    }
    step.forget();
  }
}

function addGradient(node: Node, gradient: Handle): void {
  const before = node.gradient;
  node.gradient = hold(before === undefined ? gradient : add(before, gradient));
  if (before !== undefined) release(before);
}

/** The loss may not depend on a weight at all. */
function takeGradient({ handle, gradient }: Node): Handle {
  return gradient === undefined ? zerosLike(handle) : giveToScope(gradient);
}
