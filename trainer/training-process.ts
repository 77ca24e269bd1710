/** The process that trains. It may run out of memory or be killed: what must survive that is the supervisor's (`supervisor.ts`). */

import { rmSync } from 'node:fs';
import { exitCode } from '../study/trial.ts';
import { DataError } from './data/data-error.ts';
import { deviceMemoryText } from './device-memory.ts';
import type { Assignment, FromTrainer, ToTrainer } from './messages.ts';
import { testedDevice } from './native/self-test.ts';
import type { Sharing } from './prefix/store.ts';
import { Refusal } from './refusal.ts';
import { openRun, type Run, type RunHooks } from './run.ts';

/** What the supervisor wants next, asked for between steps. */
let wanted: 'nothing' | 'save' | 'stop' = 'nothing';
/** Legs one after the other; the first waits for the set-up. */
let work: Promise<Run> = new Promise(() => {});
let workFolder: string | undefined;
/** Who waits for a shared file, by its name. */
const awaited = new Map<string, (isThere: boolean) => void>();

process.on('message', (message: ToTrainer) => {
  switch (message.type) {
    case 'assignment':
      workFolder = message.workFolder;
      work = setUp(message);
      break;
    case 'train':
      work = work.then((run) => leg(run, message.rung));
      break;
    case 'checkpoint':
      wanted = 'save';
      break;
    case 'pause':
      wanted = 'stop';
      break;
    case 'fetched':
      awaited.get(message.name)?.(message.isThere);
      awaited.delete(message.name);
      break;
  }
  work.catch(giveUp);
});
process.on('disconnect', () => {
  if (workFolder !== undefined) rmSync(workFolder, { recursive: true, force: true }); // its owner was killed
  process.exit(); // nobody is left to hear of a result
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => {}); // sent to the whole group; the supervisor will tell us what to do

async function setUp(assignment: Assignment): Promise<Run> {
  const device = testedDevice(assignment.settings.device);
  const run = await openRun(assignment, sharing);
  send({ type: 'ready', step: run.progress.step, attempt: run.attempt, texts: run.texts, ...device });
  return run;
}

/** The supervisor has the connection. */
const sharing: Sharing = {
  fetch: (name, path) =>
    new Promise((resolve) => {
      awaited.set(name, resolve);
      send({ type: 'wanted', name, path });
    }),
  offer: (name, path) => send({ type: 'made', name, path }),
};

async function leg(run: Run, rung: number): Promise<Run> {
  const hooks: RunHooks = {
    onPoint: reporter(run),
    wanted: () => {
      const now = wanted;
      if (now === 'save') wanted = 'nothing'; // asked for once
      return now;
    },
    onSaved: (folder) => send({ type: 'checkpointed', step: run.progress.step, folder }),
  };
  const reached = await run.advance(rung, hooks);
  if (reached !== undefined) send(reached);
  else send({ type: 'checkpointed', step: run.progress.step, folder: run.save() });
  return run;
}

function reporter(run: Run): RunHooks['onPoint'] {
  let before = { step: run.progress.step, at: performance.now() };
  return ({ step, loss, share }) => {
    const now = performance.now();
    const stepsPerSecond = ((step - before.step) * 1000) / (now - before.at);
    before = { step, at: now };
    send({ type: 'progress', step, loss, share, stepsPerSecond });
  };
}

function send(message: FromTrainer): void {
  process.send?.(message); // absent when somebody starts this file by hand
}

/** Says why on one line, where it can be; the supervisor passes the exit code on. */
function giveUp(error: unknown): never {
  const isKnown = error instanceof Refusal || error instanceof DataError;
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof Refusal) fail(error.exitCode, text);
  if (isKnown) fail(exitCode.badData, text);
  fail(crashed, deviceMemoryText(text) ?? (error instanceof Error ? (error.stack ?? text) : text));
}

/** EX_SOFTWARE of sysexits. */
const crashed = 70;

function fail(code: number, message: string): never {
  process.stderr.write(`trainer: ${message}\n`);
  process.exit(code);
}
