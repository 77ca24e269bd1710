/** The engine to check the other with: tfjs keeps the tape and decides what is differentiated, and the kernels are all that the two share. */
import { borrowed, type Handle, scoped, toTensor, unscoped } from '../kernels/handle.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { run } from '../kernels/operation.ts';
import { tf } from '../native/tensorflow.ts';
import { type Engine, type Graph, type Rows, type WeightSource, weightOf, withRows } from './graph.ts';

export function tapeEngine(source: WeightSource): Engine {
  const tensorOfWeight = (name: string, rows: Rows): tf.Tensor =>
    tensorOf(() => (rows.has(name) ? weightOf(source, name, rows) : shared(source.read(name))));
  return {
    gradients(loss, rows) {
      const [of, ...gradients] = scoped(() => {
        const trained = source.trained.map((name) => tensorOfWeight(name, rows));
        const byName = new Map(source.trained.map((name, index) => [name, trained[index]!]));
        const weights = (name: string) => byName.get(name) ?? tensorOfWeight(name, rows);
        const { value, grads } = tf.valueAndGrads((() => loss(graph, weights)) as () => tf.Scalar)(trained);
        tf.dispose(trained);
        return [value, ...grads].map(taken);
      });
      return { loss: of!, gradients: withRows(gradients, source, rows) };
    },
    run: (pass, rows) => scoped(() => taken(tf.tidy(() => pass(graph, (name) => tensorOfWeight(name, rows))))),
  };
}

const graph: Graph<tf.Tensor> = {
  apply(kernel, inputs, settings) {
    register(kernel);
    const outputs = tf.engine().runKernel(nameOf(kernel), inputs, { settings, inputs: Object.keys(inputs) } as never) as
      | tf.Tensor
      | tf.Tensor[];
    return Array.isArray(outputs) ? outputs[0]! : outputs; // a kernel returns at least the result
  },
  constant: (handle) => tensorOf(() => shared(handle)),
  part: (x, pass) => tf.tidy(() => pass(graph, x)),
};

/** A tensor of tfjs, which tfjs frees with its own. */
const tensorOf = (make: () => Handle): tf.Tensor => toTensor(unscoped(() => scoped(make)));

/** Another handle of the same memory. */
const shared = (handle: Handle): Handle => run('Identity', [handle]);

/** The running scope gets a handle of the same memory, and the tensor is gone. */
function taken(tensor: tf.Tensor): Handle {
  const handle = shared(borrowed(tensor));
  tensor.dispose();
  return handle;
}

/** What tfjs keeps with an operation on the tape. */
interface Attributes<Input extends string, Settings> {
  readonly settings: Settings;
  readonly inputs: readonly Input[];
}

const nameOf = ({ name }: Pick<Kernel<never>, 'name'>): string => `Permafrost${name}`;
const registered = new Set<string>();

function register<Input extends string, Settings>(kernel: Kernel<Input, Settings>): void {
  const kernelName = nameOf(kernel);
  if (registered.has(kernelName)) return;
  registered.add(kernelName);
  tf.registerKernel({
    kernelName,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs }) => {
      const handles = Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, borrowed(tensor as tf.Tensor)]));
      return unscoped(() => scoped(() => kernel.forward(handles as never, (attrs as unknown as Attributes<Input, Settings>).settings))).map(
        toTensor,
      );
    },
  });
  const inputsToSave = kernel.saved.filter((name): name is Input => name !== 'result');
  const keepsResult = inputsToSave.length < kernel.saved.length;
  tf.registerGradient({
    kernelName,
    inputsToSave,
    outputsToSave: [keepsResult, ...Array.from({ length: kernel.kept }, () => true)],
    gradFunc: (dys, tensors, attrs) => {
      const { settings, inputs } = attrs as unknown as Attributes<Input, Settings>;
      const dy = Array.isArray(dys) ? dys[0]! : dys; // that of the result comes first
      const handles = tensors.map(borrowed);
      const names = [...inputsToSave, ...(keepsResult ? ['result'] : [])]; // tfjs gives inputs first, then outputs
      const saved = Object.fromEntries(names.map((name, index) => [name, handles[index]!]));
      // Each thunk asks the kernel anew: what thunks share would have nobody to free it.
      const thunk = (name: Input) => () =>
        tensorOf(() => shared(kernel.gradient(borrowed(dy), saved as never, handles.slice(names.length), settings)[name]!())); // never asked for where there is none
      return Object.fromEntries(inputs.map((name) => [name, thunk(name)]));
    },
  });
}
