import type { MethodSettings } from '../../study/methods/methods.ts';
import type { Method } from './method.ts';

const inSubset = /\.(query|widen)\.bias$/;

/** Biases alone learn, those of layer norms too, and the head. Source: Ben Zaken, Goldberg, Ravfogel, ACL 2022, arXiv:2106.10199. */
export function bitfit({ biases }: MethodSettings['bitfit']): Method {
  const learns = (name: string) => biases === 'all' || inSubset.test(name);
  return { trains: ({ name, layer, kind }) => layer === 'head' || (kind === 'bias' && learns(name)) };
}
