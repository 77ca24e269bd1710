import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { atMost } from '../gates.ts';
import type { Part } from './part.ts';

/** The trainer's tests against PyTorch's numbers, on this device. TF32 is off: its products have three digits. */
export const parityPart: Part = async () => {
  const tests = path.join(import.meta.dirname, '../../trainer/parity.test.ts');
  const env = { ...process.env, NVIDIA_TF32_OVERRIDE: '0', NODE_TEST_CONTEXT: undefined };
  const { status, stdout } = spawnSync(process.execPath, ['--test', '--test-reporter=tap', tests], { env, encoding: 'utf8' });
  const failed = stdout.split('\n').flatMap((line) => /^\s*not ok \d+ - (.*)$/.exec(line)?.[1] ?? []);
  const ran = stdout.split('\n').filter((line) => /^\s*ok \d+ - /.test(line)).length;
  if (status !== 0 && failed.length === 0) throw new Error(`the parity tests did not run: ${stdout}`);
  return { gates: [atMost('parity with PyTorch: tests that failed', failed.length, 0)], details: { passed: ran, failed } };
};
