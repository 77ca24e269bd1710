/**
 * Metrics in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4). We have a dozen of them, of
 * three kinds; a library would bring more code than this.
 */

type Labels = Readonly<Record<string, string>>;

interface Counter {
  add(labels: Labels, by?: number): void;
}

interface Gauge {
  set(labels: Labels, value: number): void;
}

interface Histogram {
  observe(labels: Labels, value: number): void;
}

export interface Metrics {
  counter(name: string, help: string): Counter;
  gauge(name: string, help: string): Gauge;
  /** @param bounds - upper bounds of its buckets, rising; one without a bound follows */
  histogram(name: string, help: string, bounds: readonly number[]): Histogram;
  /** One that is measured when it is asked for. */
  measured(name: string, help: string, type: 'counter' | 'gauge', value: () => number): void;
  /** All of them. */
  text(): string;
}

export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8';

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly lines: () => readonly string[];
}

export function createMetrics(): Metrics {
  const families: Family[] = [];

  const values = (name: string, help: string, type: 'counter' | 'gauge') => {
    const series = new Map<string, number>();
    families.push({ name, help, type, lines: () => [...series].map(([labels, value]) => `${name}${labels} ${shown(value)}`) });
    return series;
  };

  return {
    counter(name, help) {
      const series = values(name, help, 'counter');
      return {
        add(labels, by = 1) {
          const key = labelText(labels);
          series.set(key, (series.get(key) ?? 0) + by);
        },
      };
    },
    gauge(name, help) {
      const series = values(name, help, 'gauge');
      return { set: (labels, value) => void series.set(labelText(labels), value) };
    },
    measured(name, help, type, value) {
      families.push({ name, help, type, lines: () => [`${name} ${shown(value())}`] });
    },
    histogram(name, help, bounds) {
      const series = new Map<string, { readonly labels: Labels; readonly counts: number[]; sum: number }>();
      families.push({
        name,
        help,
        type: 'histogram',
        lines: () => [...series.values()].flatMap((one) => histogramLines(name, bounds, one)),
      });
      return {
        observe(labels, value) {
          const key = labelText(labels);
          const one = series.get(key) ?? { labels, counts: [...bounds, Number.POSITIVE_INFINITY].map(() => 0), sum: 0 };
          const bucket = bounds.findIndex((bound) => value <= bound);
          one.counts[bucket === -1 ? bounds.length : bucket]! += 1;
          one.sum += value;
          series.set(key, one);
        },
      };
    },
    text: () =>
      families
        .flatMap(({ name, help, type, lines }) => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines()])
        .map((line) => `${line}\n`)
        .join(''),
  };
}

function histogramLines(
  name: string,
  bounds: readonly number[],
  { labels, counts, sum }: { readonly labels: Labels; readonly counts: readonly number[]; readonly sum: number },
): readonly string[] {
  let total = 0; // each bucket holds those before it, too
  const buckets = counts.map((count, index) => {
    total += count;
    return `${name}_bucket${labelText({ ...labels, le: shown(bounds[index] ?? Number.POSITIVE_INFINITY) })} ${total}`;
  });
  return [...buckets, `${name}_sum${labelText(labels)} ${shown(sum)}`, `${name}_count${labelText(labels)} ${total}`];
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
const shown = (value: number): string => (value === Number.POSITIVE_INFINITY ? '+Inf' : String(value));
