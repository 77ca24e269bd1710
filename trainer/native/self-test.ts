import { exitCode } from '../../study/trial.ts';
import { Refusal } from '../refusal.ts';
import { type Device, describeDevice, tf } from './tensorflow.ts';

/**
 * Computes something small on the device that this process has, and reads it back: a GPU can be there whose driver and libraries do not fit.
 * @param asked - which device it has to be
 * @throws {Refusal} if it is another one
 */
export function testedDevice(asked: Device['device'] | undefined): Device {
  const found = describeDevice();
  checkAsked(asked, found);
  const product = tf.tidy(() => tf.sum(tf.matMul(tf.ones([2, 3]), tf.ones([3, 4]))).dataSync()[0]);
  if (product !== 24) throw new Error(`TensorFlow ${found.tensorflow} computes ${product} instead of 24 on ${found.device}`);
  return found;
}

/** TensorFlow takes the CPU without a word where it finds no GPU. */
export function checkAsked(asked: Device['device'] | undefined, { device, tensorflow }: Device): void {
  if (asked === undefined || asked === device) return;
  if (asked === 'gpu') {
    const reason = `TensorFlow ${tensorflow} has found no GPU: is there one, are its driver and the CUDA 12 libraries, and was setup run with --gpu?`;
    throw new Refusal(exitCode.badConfiguration, `trainer.device: gpu was asked for, but ${reason}`);
  }
  throw new Refusal(exitCode.badConfiguration, `trainer.device: cpu was asked for, but TensorFlow ${tensorflow} has taken a GPU`);
}
