import { type Rung, ranking } from '../rung.ts';
import type { AshaSettings } from './asha.ts';
import { bracketOf, onlyBracket } from './hyperband.ts';
import type { PashaSettings } from './pasha.ts';
import type { PrunerSettings } from './pruner-of.ts';

/**
 * Trials that wait and can never go on, however the trials to come turn out: even with every report that there can still be at
 * their rung, fewer go on than are ahead of them already, and nobody ahead falls back. Of trials that are ranked by several
 * objectives that cannot be said: what comes later can change how alone one is in its front.
 * @param rungs - tables of all rungs, lowest first, those that nobody has reached too; who is closed is not read from them
 * @param waiting - the trials that have been paused
 * @param numTrials - how many trials the search may start in all
 */
export function waitingInVain(
  settings: PrunerSettings,
  rungs: readonly Rung[],
  waiting: ReadonlySet<number>,
  numTrials: number,
): readonly number[] {
  switch (settings.name) {
    case 'asha':
    case 'pasha': // its ceiling can only hold back whom asha would let go on
      return inVain(settings, rungs, waiting, numTrials);
    case 'hyperband': {
      const of = bracketOf(rungs.length, settings.reductionFactor);
      const brackets = Array.from({ length: numTrials }, (_, trial) => of(trial));
      return rungs.flatMap((_, bracket) => {
        const mine = onlyBracket(rungs, bracket, of).slice(bracket);
        return inVain(settings, mine, waiting, brackets.filter((other) => other === bracket).length);
      });
    }
    default:
      return [];
  }
}

/** @param most - how many trials can come to report at the lowest of the rungs */
function inVain(
  { mode, reductionFactor, ...settings }: AshaSettings | PashaSettings,
  rungs: readonly Rung[],
  waiting: ReadonlySet<number>,
  most: number,
): readonly number[] {
  if (mode === 'stop' || ('by' in settings && settings.by !== 'firstObjective')) return [];
  const found: number[] = [];
  let possible = most;
  for (const [rung, table] of rungs.entries()) {
    const kept = Math.floor(possible / reductionFactor);
    const here = ranking(table).filter(({ trial, rank }) => rank > kept && waiting.has(trial) && !rungs[rung + 1]?.trials.includes(trial));
    found.push(...here.map(({ trial }) => trial));
    // Whoever does not wait in vain may come to the next rung; with delayed promotion no more than are kept.
    possible -= here.length;
    if (mode === 'delayedPromote') possible = Math.min(possible, kept);
  }
  return found;
}
