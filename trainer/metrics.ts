/** What a model's answers are worth. */

interface ClassScores {
  readonly accuracy: number;
  /** Mean over the labels of each one's F1. Labels that occur neither in truth nor in answers are left out. */
  readonly macro_f1: number;
  /** Matthews correlation for any number of labels; 0 when all answers or all truths are one label. Source: Gorodkin, 2004. */
  readonly mcc: number;
  /** Mean cross-entropy, in nats. */
  readonly loss: number;
}

/**
 * @param logits - (texts, labels), row-major
 * @param truth - label of each text; at least one
 */
export function classScores(logits: Float32Array, truth: readonly number[], labels: number): ClassScores {
  const confusion = Array.from({ length: labels }, () => new Float64Array(labels)); // [truth][answer]
  for (const [row, label] of truth.entries()) {
    const scores = logits.subarray(row * labels, (row + 1) * labels);
    confusion[label]![largest(scores)]! += 1;
  }
  const counts = countsOf(confusion);
  const correct = counts.reduce((sum, { hits }) => sum + hits, 0);
  return {
    accuracy: correct / truth.length,
    macro_f1: macroF1(counts),
    mcc: matthews(counts, correct, truth.length),
    loss: crossEntropies(logits, truth, labels).reduce((sum, loss) => sum + loss, 0) / truth.length,
  };
}

/** What each text's true label costs, in nats; arguments as of `classScores`. */
export function crossEntropies(logits: Float32Array, truth: readonly number[], labels: number): readonly number[] {
  return truth.map((label, row) => crossEntropy(logits.subarray(row * labels, (row + 1) * labels), label));
}

interface NumberScores {
  /** Pearson's correlation of answers and truth; 0 when either is the same for all texts. */
  readonly pearson: number;
  /** The same of their ranks. Source: Spearman, 1904. */
  readonly spearman: number;
  /** Mean square of the difference. */
  readonly loss: number;
}

/** @param answers - one for each text; at least one */
export function numberScores(answers: Float32Array, truth: readonly number[]): NumberScores {
  const given = [...answers];
  const errors = squaredErrors(answers, truth);
  return { pearson: correlation(given, truth), spearman: correlation(ranks(given), ranks(truth)), loss: mean(errors) };
}

/** Of each text. */
export function squaredErrors(answers: Float32Array, truth: readonly number[]): readonly number[] {
  return truth.map((value, text) => (answers[text]! - value) ** 2); // as many answers as texts
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Pearson's; 0 when either is constant. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const products = (x: readonly number[], middleX: number, y: readonly number[], middleY: number) =>
    x.reduce((sum, value, index) => sum + (value - middleX) * (y[index]! - middleY), 0); // of one length
  const spread = products(a, meanA, a, meanA) * products(b, meanB, b, meanB);
  return spread === 0 ? 0 : products(a, meanA, b, meanB) / Math.sqrt(spread);
}

/** From 0; equal values share the middle of their places. NaN stays NaN. */
function ranks(values: readonly number[]): readonly number[] {
  const sorted = Float64Array.from(values).sort();
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  for (const [place, value] of sorted.entries()) {
    if (!first.has(value)) first.set(value, place);
    last.set(value, place);
  }
  return values.map((value) => (Number.isNaN(value) ? value : (first.get(value)! + last.get(value)!) / 2)); // every value was sorted
}

/** Accuracy of always giving the label that is commonest in `training`. */
export function majorityAccuracy(training: readonly number[], truth: readonly number[], labels: number): number {
  const counts = Array.from({ length: labels }, (_, label) => training.filter((each) => each === label).length);
  const answer = counts.indexOf(Math.max(...counts));
  return truth.filter((each) => each === answer).length / truth.length;
}

interface LabelCounts {
  /** Texts of this label that were given it. */
  readonly hits: number;
  readonly truths: number;
  readonly answers: number;
}

function countsOf(confusion: readonly Float64Array[]): readonly LabelCounts[] {
  return confusion.map((row, label) => ({
    hits: row[label]!, // the matrix is square
    truths: row.reduce((sum, count) => sum + count, 0),
    answers: confusion.reduce((sum, other) => sum + other[label]!, 0),
  }));
}

function macroF1(counts: readonly LabelCounts[]): number {
  const occurring = counts.filter(({ truths, answers }) => truths + answers > 0);
  return occurring.reduce((sum, { hits, truths, answers }) => sum + (2 * hits) / (truths + answers), 0) / occurring.length;
}

function matthews(counts: readonly LabelCounts[], correct: number, texts: number): number {
  const sumOf = (term: (count: LabelCounts) => number) => counts.reduce((sum, count) => sum + term(count), 0);
  const covariance = correct * texts - sumOf(({ truths, answers }) => truths * answers);
  const spread = (texts ** 2 - sumOf(({ answers }) => answers ** 2)) * (texts ** 2 - sumOf(({ truths }) => truths ** 2));
  return spread === 0 ? 0 : covariance / Math.sqrt(spread);
}

function crossEntropy(scores: Float32Array, label: number): number {
  const top = Math.max(...scores); // keeps exp within range
  const sum = scores.reduce((total, score) => total + Math.exp(score - top), 0);
  return top + Math.log(sum) - scores[label]!; // labels are checked when the data is read
}

/** Index of the largest value; the first of several. */
function largest(scores: Float32Array): number {
  return scores.reduce((best, score, index) => (score > scores[best]! ? index : best), 0);
}
