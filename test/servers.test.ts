import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Connection } from '@temporalio/client';
import { startObjectServer, startTemporal } from '../tools/servers.ts';

const keys = { accessKey: 'permafrost', secretKey: 'permafrost-secret' };

function newFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'permafrost-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Id of the default namespace: made up at first start, so it tells whether state was kept. */
async function namespaceId(address: string): Promise<string> {
  const connection = await Connection.connect({ address });
  const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace: 'default' });
  await connection.close();
  return namespaceInfo?.id ?? 'none';
}

function clientOf(endpoint: string): S3Client {
  const credentials = { accessKeyId: keys.accessKey, secretAccessKey: keys.secretKey };
  return new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
}

test('Temporal keeps its state over a restart, serves its UI, and knows the search attributes', async (t) => {
  const options = {
    stateFolder: newFolder(t),
    searchAttributes: { SweepId: 'Keyword' },
    dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': 200 },
  };
  const first = await startTemporal(options);
  t.after(() => first.stop());
  const id = await namespaceId(first.address);
  await first.stop();
  await first.exited;
  assert.ok(!existsSync(`/proc/${first.pid}`));

  const second = await startTemporal(options);
  t.after(() => second.stop());
  assert.equal(await namespaceId(second.address), id);
  assert.match(await (await fetch(second.ui)).text(), /<html/);
  const attributes = await (await fetch(`${second.ui}/api/v1/namespaces/default/search-attributes`)).json();
  assert.deepEqual((attributes as { customAttributes: unknown }).customAttributes, { SweepId: 'INDEXED_VALUE_TYPE_KEYWORD' });
});

test('a port in use is an error that names it and the flag that changes it', async (t) => {
  const s3 = await startObjectServer({ dataFolder: newFolder(t), ...keys });
  t.after(() => s3.stop());
  const port = Number(new URL(s3.address).port);
  const message = (owner: string, flag: string) =>
    `port ${port} for ${owner}: already in use on 127.0.0.1; stop what uses it, or choose another with ${flag}`;

  await assert.rejects(startObjectServer({ dataFolder: newFolder(t), port, ...keys }), {
    name: 'PortUnavailable',
    message: message('the S3 server', '--s3-port'),
  });
  await assert.rejects(startTemporal({ inMemory: true, port }), { message: message('Temporal', '--temporal-port') });
  await assert.rejects(startTemporal({ inMemory: true, uiPort: port }), { message: message('the Temporal UI', '--ui-port') });
});

for (const metadata of ['in extended attributes', 'beside the objects']) {
  test(`the S3 server writes once, takes multipart uploads and keeps objects over a restart: metadata ${metadata}`, async (t) => {
    const dataFolder = newFolder(t);
    if (metadata === 'beside the objects') mkdirSync(path.join(dataFolder, 'metadata')); // as on a file system without attributes
    const first = await startObjectServer({ dataFolder, ...keys });
    t.after(() => first.stop());
    const client = clientOf(first.address);
    await client.send(new CreateBucketCommand({ Bucket: 'sweeps' }));

    const report = { Bucket: 'sweeps', Key: 'trials/00001/reports/0.json' };
    const { ETag: etag } = await client.send(new PutObjectCommand({ ...report, Body: 'first', IfNoneMatch: '*' }));
    await assert.rejects(client.send(new PutObjectCommand({ ...report, Body: 'second', IfNoneMatch: '*' })), {
      name: 'PreconditionFailed',
    });

    const model = { Bucket: 'sweeps', Key: 'trials/00001/model' };
    const parts = [Buffer.alloc(5 * 2 ** 20, 'a'), Buffer.from('end')]; // 5 MiB is the smallest part but for the last
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(model));
    const uploaded = await Promise.all(
      parts.map((Body, index) => client.send(new UploadPartCommand({ ...model, UploadId, PartNumber: index + 1, Body }))),
    );
    const Parts = uploaded.map(({ ETag }, index) => ({ ETag, PartNumber: index + 1 }));
    await client.send(new CompleteMultipartUploadCommand({ ...model, UploadId, MultipartUpload: { Parts } }));
    await first.stop();

    const second = await startObjectServer({ dataFolder, ...keys });
    t.after(() => second.stop());
    const read = await clientOf(second.address).send(new GetObjectCommand(report));
    assert.deepEqual([await read.Body?.transformToString(), read.ETag], ['first', etag]);
    const readModel = await clientOf(second.address).send(new GetObjectCommand(model));
    assert.deepEqual(Buffer.from((await readModel.Body?.transformToByteArray()) ?? []), Buffer.concat(parts));
  });
}

/** A process that starts an S3 server and then waits. @returns it, and the address that it printed */
async function startOwner(dataFolder: string): Promise<{ owner: ReturnType<typeof spawn>; address: string }> {
  const servers = path.join(import.meta.dirname, '../tools/servers.ts');
  const code = `const { startObjectServer } = await import(${JSON.stringify(servers)});
    console.log((await startObjectServer(${JSON.stringify({ dataFolder, ...keys })})).address);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await Promise.race([once(owner.stdout.setEncoding('utf8'), 'data'), once(owner, 'exit')])) as [unknown];
  assert.ok(typeof line === 'string', `the owner ended with ${line}`);
  return { owner, address: line.trim() };
}

test('a server ends with the process that started it', async (t) => {
  const { owner, address } = await startOwner(newFolder(t));
  assert.ok((await fetch(`${address}/health`)).ok);
  owner.kill('SIGTERM');
  assert.deepEqual(await once(owner, 'exit'), [null, 'SIGTERM']);
  await assert.rejects(untilRefused(address), /fetch failed/);
});

test('a folder whose owner is alive is refused, and taken over when the owner was killed', async (t) => {
  const dataFolder = newFolder(t);
  const { owner, address } = await startOwner(dataFolder);
  await assert.rejects(startObjectServer({ dataFolder, ...keys }), { name: 'ServerRunning' });

  owner.kill('SIGKILL');
  await once(owner, 'exit');
  assert.ok((await fetch(`${address}/health`)).ok, 'the server outlives a killed owner');
  const next = await startObjectServer({ dataFolder, ...keys });
  t.after(() => next.stop());
  await assert.rejects(fetch(`${address}/health`));
  assert.ok((await fetch(`${next.address}/health`)).ok);
});

/** Rejects once nothing listens there any more. */
async function untilRefused(address: string): Promise<never> {
  for (;;) await (await fetch(`${address}/health`)).text();
}

test('a server that cannot start says what its log says', async (t) => {
  const options = { stateFolder: newFolder(t), searchAttributes: { SweepId: 'NoSuchType' } };
  await assert.rejects(startTemporal(options), {
    name: 'ServerFailed',
    message: /Temporal ended with code 1 before it was ready; .*temporal\.log ends with:\n.*NoSuchType/s,
  });
});
