import { mustBe, type Problem } from '../problem.ts';

/** When a nightly study runs: a cron line whose numbers are in range, and a time zone that there is. Other shapes are the schema's to tell. */
export function scheduleProblems({ schedule, timeZone }: { readonly schedule?: unknown; readonly timeZone?: unknown }): readonly Problem[] {
  return [
    ...(typeof schedule === 'string' ? cronProblems(schedule) : []),
    ...(typeof timeZone === 'string' && timeZone !== '' && !isTimeZone(timeZone)
      ? [mustBe('spec.timeZone', 'a time zone of the IANA list, such as UTC or Europe/Berlin', timeZone)]
      : []),
  ];
}

interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names that stand for min, min + 1 and so on. */
  readonly names?: readonly string[];
}

const cronFields: readonly CronField[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of the month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { name: 'day of the week', min: 0, max: 7, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];

function cronProblems(schedule: string): readonly Problem[] {
  const fields = schedule.split(' ');
  if (fields.length !== cronFields.length) return [];
  return cronFields.flatMap((field, index) =>
    fields[index]!.split(',').every((part) => isCronPart(part, field))
      ? []
      : [
          mustBe(
            'spec.schedule',
            `a cron line whose ${field.name} is made of *, ${field.min} to ${field.max}, ranges, lists and steps`,
            schedule,
          ),
        ],
  );
}

/** `*`, `7`, `1-5`, any of them with a step: `*`/15. */
function isCronPart(part: string, field: CronField): boolean {
  const [, range, step = '1'] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
  if (range === undefined || Number(step) < 1) return false;
  if (range === '*') return true;
  const ends = range.split('-').map((end) => valueIn(end, field));
  return ends.length <= 2 && ends.every((end) => end >= field.min && end <= field.max) && ends[0]! <= ends.at(-1)!;
}

/** NaN, which is in no range, for what is neither a number nor a name. */
function valueIn(text: string, { min, names = [] }: CronField): number {
  const place = names.indexOf(text.toLowerCase());
  if (place !== -1) return min + place;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return !/^[+-]/.test(name); // an offset is not the name of a zone, and Temporal takes names alone
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
