/** `npm run docs:methods`: writes docs/methods/ from the pages in study/methods. A test keeps the two equal. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Findings } from '../bench/low-volume/findings.ts';
import { measuredLines } from '../bench/low-volume/page.ts';
import { methodText } from '../cli/method-text.ts';
import { type MethodName, methodNames, methods } from '../study/methods/methods.ts';

/** Each page by the name of its file. */
export function methodPages(): ReadonlyMap<string, string> {
  const rows = methodNames.map(
    (name) => `| [\`${name}\`](${name}.md) | ${methods[name].title} | ${methods[name].family} | ${methods[name].cost} |`,
  );
  const list = `# Methods

The layer configuration of a trial says where the model learns and how fast: prefixes, windows, masks, rates for each layer
([search-space.md](../search-space.md)). The method says which weights do there, and how they are held back. Every method goes with every layer
configuration, and with the cache of a frozen prefix. \`trainer.method\` names one for all trials, and a parameter named \`method\` searches them:

\`\`\`yaml
parameters:
- {name: method, searchSpace: {categorical: {choices: [full, bitfit, dps]}}}
- {name: dps.reserve, searchSpace: {uniform: {min: 0.3, max: 0.9}}, activeWhen: {method: dps}}
\`\`\`

A setting that can go by layer is one number for all, or a mapping such as \`{others: 0.7, 0: 0.9, head: 0.2}\`, in which \`others\` counts for
layers without a number of their own. A parameter named \`mixout.rate.3\` searches it for one layer.

Made from \`study/methods/\` by \`npm run docs:methods\`; \`permafrost methods\` prints the same. Cost is by counting, against full fine-tuning.

| method | | decides | cost |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
  const pages = methodNames.map((name) => [`${name}.md`, `# \`${name}\`: ${methodText(name)}\n${measuredPart(name)}`] as const);
  return new Map([['README.md', list], ...pages]);
}

/** What the low-volume study has found: as the whole run has it, or else the quick one. */
function measuredPart(name: MethodName): string {
  for (const page of ['low-volume', 'low-volume-quick']) {
    const file = path.join(import.meta.dirname, `${page}.json`);
    if (!existsSync(file)) continue;
    const findings = JSON.parse(readFileSync(file, 'utf8')) as Findings; // written by the study
    const lines = measuredLines(findings, name);
    if (lines.length === 0) continue;
    const list = lines.map((line) => `- ${line}`).join('\n');
    return `\n## Measured\n\nIn the ${findings.scope.name} run of [the study of few examples](../${page}.md), on held-out text:\n\n${list}\n`;
  }
  return '';
}

export function writeMethodPages(): void {
  for (const [file, text] of methodPages()) writeFileSync(path.join(import.meta.dirname, 'methods', file), text);
}

if (import.meta.main) writeMethodPages();
