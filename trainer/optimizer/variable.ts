import { floatType, run, runMany, shapeAttribute, textAttribute } from '../kernels/operation.ts';
import { tf } from '../native/tensorflow.ts';

/**
 * A float tensor that TensorFlow changes in place. Whoever reads it shares its memory, and a change while a reader is alive copies all of it
 * first: dispose what you read before you change the variable.
 */
export interface Variable {
  /** What TensorFlow's `Resource…` operations take. */
  readonly handle: tf.Tensor;
  read(): tf.Tensor;
  dispose(): void;
}

const readAttributes = [floatType('dtype')];
let created = 0;

export function createVariable(value: tf.Tensor): Variable {
  created += 1; // TensorFlow makes handles of one name the same variable
  const attributes = [
    textAttribute('container', ''),
    textAttribute('shared_name', `permafrost${created}`),
    floatType('dtype'),
    shapeAttribute('shape', value.shape),
  ];
  const handle = tf.keep(run('VarHandleOp', attributes));
  runMany('AssignVariableOp', readAttributes, [handle, value], 0);
  return {
    handle,
    read: () => run('ReadVariableOp', readAttributes, handle),
    dispose: () => {
      runMany('DestroyResourceOp', [], [handle], 0);
      handle.dispose();
    },
  };
}
