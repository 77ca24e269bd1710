import type { CronSweep } from '../../study/cron-sweep.ts';
import type { NightVerdict } from '../../study/night.ts';

/** A CronSweep object, by which its schedule is known as its own. */
export interface CronSweepOwner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** Whose schedule it is. */
export interface StudyKey {
  readonly namespace: string;
  readonly name: string;
}

/** What is known of a night that a schedule has started. */
export interface Night {
  /** When it was due, or asked for. */
  readonly at: Date;
  readonly isRunning: boolean;
  /** Id of its sweep, as soon as that has started. */
  readonly sweep?: string;
  readonly verdict?: NightVerdict;
  /** Why there is no sweep. */
  readonly problem?: string;
}

/** A schedule that starts the nights of a study. */
export interface NightSchedule {
  readonly cronSweep: CronSweep;
  readonly owner?: CronSweepOwner;
  readonly paused: boolean;
  readonly note: string;
  /** When the next nights are due, soonest first; none while it is paused. */
  readonly next: readonly Date[];
  /** The last ones, newest first: at most five. */
  readonly nights: readonly Night[];
  readonly skipped: { readonly overlap: number; readonly missed: number };
}

/** Schedules of nightly studies in the engine. */
export interface NightSchedules {
  /** 'foreign': one of that id is there, and starts something else. */
  find(key: StudyKey): Promise<NightSchedule | 'foreign' | undefined>;
  /** Makes the schedule. One that is there already is refused: find it first. */
  create(cronSweep: CronSweep, owner?: CronSweepOwner): Promise<void>;
  /** Follows the spec from now on. A pause by hand stays unless `spec.suspend` has changed. */
  update(cronSweep: CronSweep, owner?: CronSweepOwner): Promise<void>;
  /** Fine when there is none. Nights that run go on. */
  remove(key: StudyKey): Promise<void>;
}
