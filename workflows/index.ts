/** The bundle's entry: every workflow type under the name by which it is started. */
export { night } from './night.ts';
export { sweep } from './sweep.ts';
export { trial } from './trial.ts';
