/** What a person can do with it: one to four sentences, none of them stronger than the figures behind it. */
import { gainOver, type HeldOutScore } from '../held-out.ts';
import type { LayerConfiguration, Objective } from '../trial.ts';
import type { Importance, SettingImportance } from './importance.ts';
import { layersText } from './labels.ts';

/** Above this chance a finding is none. */
const significance = 0.05;
/** Settings that are named. */
const most = 3;

/**
 * @param layers - of the best configuration, where layers are known
 * @param scores - on held-out data, the best configuration first
 */
export function answerOf(
  importance: Importance | undefined,
  layers: LayerConfiguration | undefined,
  scores: readonly HeldOutScore[],
  objective: Objective,
): readonly string[] {
  return [
    ...(layers === undefined ? [] : freezing(layers, scores, objective)),
    ...(importance === undefined ? [] : [...tendency(importance), ...mattering(importance)]),
  ];
}

function freezing(layers: LayerConfiguration, scores: readonly HeldOutScore[], objective: Objective): readonly string[] {
  const names = layers.filter(({ mode }) => mode === 'frozen').map(({ name }) => name);
  if (names.length === 0) return ['The best configuration freezes no layer.'];
  const frozen = layersText(names);
  const [best] = scores;
  const full = scores.find(({ name }) => name === 'fullFineTuning');
  if (best === undefined || full === undefined) {
    return [
      `The best configuration freezes ${frozen}; whether that costs anything is not known: enqueue fullFineTuning and it will be measured.`,
    ];
  }
  const { gain, noise } = gainOver(best, full, objective);
  const figures = `${gain < 0 ? '−' : '+'}${Math.abs(gain).toFixed(3)}, noise ${noise?.toFixed(3) ?? 'unknown: one seed'}`;
  const than = `than fullFineTuning on held-out data (${figures})`;
  if (noise === undefined) return [`The best configuration freezes ${frozen}; it does ${gain < 0 ? 'worse' : 'no worse'} ${than}.`];
  if (gain >= 0) return [`${capital(frozen)} can stay frozen: the best configuration freezes them and does no worse ${than}.`];
  if (gain >= -noise) {
    return [`${capital(frozen)} can probably stay frozen: the best configuration freezes them and does not do measurably worse ${than}.`];
  }
  return [`The best configuration freezes ${frozen}, and does worse ${than}: here freezing costs something.`];
}

/** How freezing went along with the result, layer by layer: a hint for the next sweep, for other layers were not held still. */
function tendency({ layers }: Importance): readonly string[] {
  const certain = layers.flatMap(({ layer, frozen }) =>
    frozen !== undefined && frozen.p <= significance ? [{ layer, isBetter: frozen.rho > 0 }] : [],
  );
  const named = (isBetter: boolean): string => layersText(certain.filter((found) => found.isBetter === isBetter).map(({ layer }) => layer));
  const [better, worse] = [named(true), named(false)];
  if (better === '' && worse === '') return [];
  if (worse === '') return [`Trials that froze ${better} did better.`];
  return [
    better === ''
      ? `Trials that froze ${worse} did worse.`
      : `Trials that froze ${better} did better; those that froze ${worse} did worse.`,
  ];
}

function mattering({ settings, trials, sample }: Importance): readonly string[] {
  const certain = settings.filter(({ p }) => p <= significance).slice(0, most);
  const [strongest] = settings;
  const caution =
    sample === 'searched'
      ? ['Many of these trials were chosen by the sampler, which crowds where it finds good ones: shares are rather too small.']
      : [];
  if (certain.length === 0) {
    return [
      `In these ${trials} trials no setting matters by more than chance; the strongest is ${strongest!.label} (p ${strongest!.p.toFixed(2)}).`,
      ...caution,
    ];
  }
  return [
    ...certain.map((setting, place) =>
      place === 0
        ? `${capitalised(setting)} matters most: it explains ${percent(setting.share)} of the differences between ${trials} trials ` +
          `(95 % interval ${percent(setting.interval[0])} to ${percent(setting.interval[1])})${direction(setting)}.`
        : `${capitalised(setting)} matters too: ${percent(setting.share)} (${percent(setting.interval[0])} to ${percent(setting.interval[1])})${direction(setting)}.`,
    ),
    ...caution,
  ];
}

function direction({ aspect, correlation }: SettingImportance): string {
  if (correlation === undefined || correlation.p > significance) return '';
  if (aspect === 'frozen') return correlation.rho > 0 ? '; frozen is better' : '; trained is better';
  return correlation.rho > 0 ? '; higher is better' : '; lower is better';
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
/** Names of parameters stay as they were written. */
const capitalised = ({ name, label }: SettingImportance): string => (label === name ? name : capital(label));
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
