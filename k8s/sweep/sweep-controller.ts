/** Brings sweeps to do what their objects ask for, and says in the objects' status what they do. */
import type { Progress } from '../../study/progress.ts';
import { type Revision, revisionOf } from '../../study/revision.ts';
import { SpecError } from '../../study/spec/problem.ts';
import { parseSweep, type Sweep } from '../../study/spec.ts';
import type { Condition } from '../api/condition.ts';
import { type SweepObject, sweepIdOf, sweeps } from '../api/sweep-object.ts';
import type { Cluster } from '../client/cluster.ts';
import { reflect } from '../client/reflector.ts';
import type { Stored } from '../client/resource.ts';
import type { Again, Controller } from '../controller/controller.ts';
import type { RecordEvent } from '../controller/event-recorder.ts';
import { keptObjects, statusEveryMs } from '../controller/kept-objects.ts';
import { computeStatus, type EngineView, isOver } from './compute-status.ts';
import { EngineUnreachable, type Run, type SweepEngine, type Verdict } from './engine.ts';
import { transitions } from './transitions.ts';

export interface SweepControllerOptions {
  readonly cluster: Cluster;
  readonly engine: SweepEngine;
  readonly record: RecordEvent;
}

/** Keeps the object until its workflow has closed, and its status has said so. */
const finalizer = 'permafrost.dev/workflow';

/** A sweep in which nothing happens is looked at more seldom. */
const longestPauseMs = 10_000;
/** However quiet its history, a workflow is asked so often: whether its worker still answers is known by asking alone. */
const askEveryMs = 30_000;
const unreachablePauseMs = 5_000;
/** Something that a sweep needs is missing: somebody may put it there. */
const missingPauseMs = 30_000;
const cancellingPauseMs = 1_000;

/** What is remembered of a sweep between two looks, to ask less. All of it can be found out again. */
interface Memory {
  readonly asked?: { readonly version: string; readonly progress: Progress; readonly at: number };
  readonly verdict?: Verdict;
  /** When something last happened in it. */
  readonly changedAt: number;
}

type SweepOfObject = Stored<SweepObject>;

export function sweepController({ cluster, engine, record }: SweepControllerOptions): Controller {
  const memories = new Map<string, Memory>();
  const kept = keptObjects({ cluster, resource: sweeps, kind: 'Sweep', finalizer, isSettled, transitions, record });

  const remember = (uid: string, news: Partial<Memory>): Memory => {
    const memory = { changedAt: performance.now(), ...memories.get(uid), ...news };
    memories.set(uid, memory);
    return memory;
  };

  /** Asks the workflow, unless nothing has happened in it since the last time. */
  const askedProgress = async (id: string, uid: string, run: Run): Promise<Progress> => {
    const { asked } = remember(uid, {});
    if (asked?.version === run.version && performance.now() - asked.at < askEveryMs) return asked.progress;
    const progress = await engine.progress(id);
    const at = performance.now();
    const isNew = asked?.version !== run.version;
    remember(uid, { asked: { version: run.version, progress, at }, ...(isNew && { changedAt: at }) });
    return progress;
  };

  /** The workflow as it is after an edit was handed on, if there was one. */
  const followed = async (id: string, uid: string, run: Run, wanted: Revision | undefined): Promise<Progress> => {
    const progress = await askedProgress(id, uid, run);
    if (wanted === undefined || run.state !== 'running' || (progress.generation ?? 0) >= wanted.generation) return progress;
    await engine.revise(id, wanted);
    const revised = await engine.progress(id);
    remember(uid, { asked: { version: run.version, progress: revised, at: performance.now() }, changedAt: performance.now() });
    return revised;
  };

  const seen = async (id: string, uid: string, wanted: Revision | undefined): Promise<EngineView> => {
    let run: Run | undefined;
    try {
      run = await engine.find(id);
      if (run === undefined) return { reachable: true };
      return { reachable: true, run, progress: await followed(id, uid, run, wanted) };
    } catch (error) {
      return unreachable(error, run);
    }
  };

  /** Checks a sweep that has not started, and starts it if it can run and is wanted to. */
  const started = async (
    object: SweepOfObject,
    sweep: Sweep,
    wanted: Revision,
  ): Promise<{ verdict: Verdict | 'unchecked'; engine: EngineView }> => {
    const { uid } = object.metadata;
    const id = sweepIdOf(object.metadata);
    let verdict = memories.get(uid)?.verdict;
    try {
      if (verdict === undefined || (!verdict.valid && verdict.retry))
        verdict = remember(uid, { verdict: await engine.check(sweep) }).verdict!; // just set
      if (!verdict.valid || wanted.suspend) return { verdict, engine: { reachable: true } };
      const { model } = verdict;
      await engine.start({ id, sweep, ...(model && { model }), generation: wanted.generation, owner: kept.reference(object) });
    } catch (error) {
      return { verdict: verdict ?? 'unchecked', engine: unreachable(error) };
    }
    return { verdict, engine: await seen(id, uid, wanted) };
  };

  const look = async (object: SweepOfObject): Promise<Again> => {
    const { uid, generation = 0 } = object.metadata;
    const id = sweepIdOf(object.metadata);
    const read = readSweep(object);
    const sweep = 'sweep' in read ? read.sweep : undefined;
    const wanted = sweep && revisionOf(sweep.spec, generation);
    let verdict: Verdict | 'unchecked' = 'verdict' in read ? read.verdict : 'unchecked';
    let view = await seen(id, uid, wanted);
    const hasStarted = view.run !== undefined || object.status?.startTime !== undefined;
    if (view.reachable && !hasStarted && sweep !== undefined && wanted !== undefined)
      ({ verdict, engine: view } = await started(object, sweep, wanted));
    const resultsUri = object.status?.resultsUri ?? (sweep && `${sweep.spec.results.uri.replace(/\/+$/, '')}/${id}`);
    const observation = {
      id,
      wanted,
      generation,
      verdict: hasStarted ? 'unchecked' : verdict,
      engine: view,
      ...(resultsUri && { resultsUri }),
    } as const;
    const status = computeStatus(observation, object.status, new Date());
    const waitMs = await kept.write(object, status);
    if (waitMs !== undefined) return { afterMs: waitMs };
    if (!view.reachable) return { afterMs: unreachablePauseMs * (0.8 + Math.random() * 0.4) };
    if (isOver(status.state)) return { afterMs: statusEveryMs }; // to let go of it, once our copy says so too
    if (view.run === undefined) return verdict !== 'unchecked' && !verdict.valid && verdict.retry ? { afterMs: missingPauseMs } : {};
    return { afterMs: pauseMs(remember(uid, {})) };
  };

  /** Cancels the workflow of a deleted object, waits for it to close, and lets the object go. */
  const conclude = async (object: SweepOfObject): Promise<Again> => {
    const { uid, generation = 0 } = object.metadata;
    const id = sweepIdOf(object.metadata);
    let view = await seen(id, uid, undefined);
    const { run } = view;
    if (run === undefined ? view.reachable : run.state !== 'running') return kept.letGo(object);
    try {
      if (run !== undefined) await engine.cancel(id); // again and again: it may have got lost
    } catch (error) {
      view = unreachable(error, run);
    }
    const { resultsUri } = object.status ?? {};
    const observation = {
      id,
      wanted: undefined,
      generation,
      verdict: 'unchecked',
      engine: view,
      ...(resultsUri && { resultsUri }),
    } as const;
    await kept.write(object, computeStatus(observation, object.status, new Date()));
    return { afterMs: view.reachable ? cancellingPauseMs : unreachablePauseMs };
  };

  return {
    name: 'sweep',
    workers: 16,
    open(enqueue) {
      const generations = new Map<string, string>();
      const objects = reflect({
        cluster,
        resource: sweeps,
        labelSelector: '',
        onChange(object, change) {
          const { name, uid } = object.metadata;
          if (change === 'gone') {
            memories.delete(uid);
            kept.forget(uid);
            generations.delete(name);
            return;
          }
          const wish = wishOf(object); // our own writes of status change nothing in it
          if (generations.get(name) !== wish) enqueue(name);
          generations.set(name, wish);
        },
      });
      return {
        reflectors: [objects],
        reconcile: (name) => kept.tend(objects.objects.get(name), { look, conclude }),
      };
    },
  };
}

function readSweep({ apiVersion, kind, metadata, spec }: SweepOfObject): { readonly sweep: Sweep } | { readonly verdict: Verdict } {
  try {
    return { sweep: parseSweep({ apiVersion, kind, metadata: { name: metadata.name, namespace: metadata.namespace }, spec }) };
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return { verdict: { valid: false, reason: 'InvalidSpec', message: error.message, retry: false } };
  }
}

function unreachable(error: unknown, run?: Run): EngineView {
  if (!(error instanceof EngineUnreachable)) throw error;
  return { reachable: false, reason: error.reason, message: error.message, ...(run && { run }) };
}

/** All that will ever be known of it has been said. So a controller that starts asks nothing of sweeps that ended long ago. */
function isSettled({ metadata: { generation }, status }: SweepOfObject): boolean {
  if (status === undefined || !isOver(status.state)) return false;
  const isSaid = ({ type, status: holds, observedGeneration }: Condition): boolean =>
    type === 'EngineReachable' && holds === 'True' && observedGeneration === generation;
  return status.conditions?.some(isSaid) === true;
}

/** What of an object is not ours to write. */
const wishOf = ({ metadata: { uid, generation, deletionTimestamp, finalizers } }: SweepOfObject): string =>
  JSON.stringify([uid, generation, deletionTimestamp, finalizers]);

/** A quarter of the time since something happened: what changes often is seen soon. */
const pauseMs = ({ changedAt }: Memory): number => Math.min(longestPauseMs, Math.max(statusEveryMs, (performance.now() - changedAt) / 4));
