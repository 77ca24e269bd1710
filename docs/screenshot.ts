/** `npm run docs:screenshot`: the Temporal UI page of the newest sweep as pictures beside this file. Needs Chromium and a running `permafrost up`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { connectSystem } from '../cli/connection.ts';
import { findSweep } from '../cli/find-sweep.ts';

const names = [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome'].filter((name) => name !== undefined);
const chromium = names.find((name) => spawnSync(name, ['--version']).status === 0);
if (chromium === undefined) throw new Error('no Chromium found: install the package chromium, or set CHROMIUM to one');

const system = await connectSystem();
const { id } = await findSweep(system.client, process.argv[2]);
if (system.ui === undefined) throw new Error('the servers are not those of `permafrost up`, so the address of their UI is not known');

const { runId } = await system.client.workflow.getHandle(id).describe();
await system.close();

const quiet = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync', '--hide-scrollbars'];
const offline = ['--disable-background-networking', '--disable-component-update'];
const sweep = `${system.ui}/namespaces/default/workflows/${id}/${runId}`;
take(`${sweep}/user-metadata`, 'temporal-ui.png');
take(`${sweep}/timeline`, 'temporal-ui-timeline.png');

function take(page: string, name: string): void {
  const profile = mkdtempSync(path.join(os.tmpdir(), 'permafrost-chromium-'));
  const picture = path.resolve(import.meta.dirname, name);
  const shot = ['--window-size=1400,1200', '--virtual-time-budget=20000', `--screenshot=${picture}`, page];
  const { status, stderr } = spawnSync(chromium!, [...quiet, ...offline, `--user-data-dir=${profile}`, ...shot], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  rmSync(profile, { recursive: true, force: true });
  if (status !== 0) throw new Error(`Chromium ended with ${status}: ${stderr}`);
  process.stdout.write(`${page}\n  → ${picture}\n`);
}
