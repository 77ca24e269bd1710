/**
 * The data set of the low-volume study: that of the example with more texts to learn from, so that small samples of them can be drawn anew, and a pool
 * of texts without labels for methods that learn from such.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Say } from '../../trainer/native/command.ts';
import { scarcestSection, sections, sectionTexts } from './debian-sections.ts';
import { drawRest, drawSplits, neededPerLabel, type PerLabel, writeDataset } from './labelled-text.ts';
import { readPackages } from './package-metadata.ts';

const seed = 7;
const perLabel: PerLabel = { train: 150, selection: 50, heldOut: 100 };
const pool = 1000;

/** This machine has too few package descriptions; the message says what to do. */
class TooFewTexts extends Error {
  override readonly name = 'TooFewTexts';
}

/**
 * @returns the data set's folder. The same package metadata gives the same data set.
 * @throws {TooFewTexts}
 */
export function ensureStudyData({ cacheFolder, say }: { readonly cacheFolder: string; readonly say: Say }): string {
  const folder = path.join(cacheFolder, 'data', 'debian-sections-study');
  if (existsSync(folder)) return folder;

  const texts = sectionTexts(readPackages());
  const [scarcest, needed] = [scarcestSection(texts), neededPerLabel(perLabel)];
  if (scarcest < needed) {
    throw new TooFewTexts(
      `the study needs ${needed} descriptions of Debian packages of each section, and this system's package metadata has ${scarcest} in its scarcest; run it on Debian or Ubuntu after apt-get update`,
    );
  }
  const description = { name: 'debian-sections-study', source: "this system's package metadata", labels: sections, seed };
  const splits = drawSplits(texts, sections, seed, perLabel);
  const unlabelled = drawRest(texts, splits, seed, pool);
  writeDataset(folder, description, splits, unlabelled);
  say(
    `data: ${sections.length * needed} of ${texts.length} package descriptions of this system, labelled by section, and ${unlabelled.length} without labels`,
  );
  return folder;
}
