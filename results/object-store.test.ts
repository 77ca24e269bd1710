import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTestServer } from '../test/object-server.ts';
import { parseAddress } from './address.ts';
import { connectObjectStore } from './object-store.ts';
import { BucketNotFound, CredentialsRefused, StorageUnreachable } from './storage-error.ts';

const s3 = await startTestServer();
after(() => s3.close());
const at = (path: string) => parseAddress(`s3://${s3.bucket}/${path}`);
const textOf = async (path: string) => new TextDecoder().decode(await s3.store.get(at(path)));

test('object store: what is put is what is got, under any name', async () => {
  await s3.store.put(at('empty'), '');
  assert.equal(await textOf('empty'), '');
  for (const key of ['a/plain', 'a/with space', 'a/Größe+&?=%25', 'a/deep/er/x.json']) {
    await s3.store.put(at(key), `content of ${key}`);
    assert.equal(await textOf(key), `content of ${key}`);
  }
  const listed = await Array.fromAsync(s3.store.list(at('a')), ({ address, size }) => [address.key, size]);
  assert.deepEqual(listed, [
    ['a/Größe+&?=%25', 'content of a/Größe+&?=%25'.length + 2],
    ['a/deep/er/x.json', 'content of a/deep/er/x.json'.length],
    ['a/plain', 'content of a/plain'.length],
    ['a/with space', 'content of a/with space'.length],
  ]);
  await s3.store.copy(at('a/with space'), at('b/Größe'));
  assert.equal(await textOf('b/Größe'), 'content of a/with space');
  await s3.store.removeAll(at('a'));
  assert.deepEqual(await Array.fromAsync(s3.store.list(at('a'))), []);
  assert.equal(await s3.store.get(at('a/plain')), undefined);
});

test('object store: find knows one object from others whose names begin with its name', async () => {
  await s3.store.put(at('find/x.json.bak'), 'longer name');
  assert.equal(await s3.store.find(at('find/x.json')), undefined);
  await s3.store.put(at('find/x.json'), '12345');
  assert.equal((await s3.store.find(at('find/x.json')))?.size, 5);
});

test('object store: of twenty who create one object at once, one does, and its content stays', async () => {
  const bodies = Array.from({ length: 20 }, (_, i) => `writer ${i}`);
  const answers = await Promise.all(bodies.map((body) => s3.store.putNew(at('race'), body)));
  assert.equal(answers.filter((answer) => answer === 'created').length, 1);
  assert.equal(await textOf('race'), bodies[answers.indexOf('created')]);
});

test('object store: a file of three parts comes back the same, with its sha256', async () => {
  const content = randomBytes(17 * 1024 * 1024);
  const digest = createHash('sha256').update(content).digest('hex');
  const [sent, fetched] = [join(s3.folder, 'sent'), join(s3.folder, 'new/folder/fetched')];
  await writeFile(sent, content);
  assert.equal(await s3.store.upload(at('large'), sent), digest);
  assert.match((await s3.store.find(at('large')))!.etag, /-3$/); // S3's mark of an upload in three parts
  assert.equal(await s3.store.download(at('large'), fetched), digest);
  assert.ok((await readFile(fetched)).equals(content));
});

test('object store: an upload goes on when the server is killed in its middle and comes back', async () => {
  const content = randomBytes(40 * 1024 * 1024);
  const file = join(s3.folder, 'survivor');
  await writeFile(file, content);
  const upload = s3.store.upload(at('survivor'), file);
  const others = Array.from({ length: 30 }, (_, i) => s3.store.putNew(at(`many/${i}`), `${i}`));
  await sleep(60);
  await s3.kill();
  const refused = s3.store.put(at('while-away'), 'patient');
  await sleep(1_500);
  await s3.restart();

  const digest = createHash('sha256').update(content).digest('hex');
  assert.equal(await upload, digest);
  await Promise.all([...others, refused]);
  assert.equal(await s3.store.download(at('survivor'), join(s3.folder, 'again')), digest);
  for (let i = 0; i < 30; i += 1) assert.equal(await textOf(`many/${i}`), `${i}`);
  assert.equal(await textOf('while-away'), 'patient');
});

test('object store: each fault has its name, and says what to look at', async () => {
  const withVariables = async (variables: Record<string, string | undefined>, expected: RegExp, kind: new (m: string) => Error) => {
    const before = { ...process.env };
    for (const [name, value] of Object.entries(variables)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    const store = connectObjectStore({ patienceSeconds: 0 });
    try {
      await assert.rejects(store.get(at('x')), (error: Error) => error instanceof kind && expected.test(error.message));
      await assert.rejects(store.find(at('x')), kind);
      await assert.rejects(store.putNew(at('x'), 'x'), kind);
    } finally {
      Object.assign(process.env, before);
    }
  };
  await withVariables(
    { AWS_SECRET_ACCESS_KEY: 'wrong' },
    /127\.0\.0\.1.* refused access to s3:\/\/test\/x .*check AWS_ACCESS_KEY_ID/,
    CredentialsRefused,
  );
  await withVariables({ AWS_ACCESS_KEY_ID: 'nobody' }, /refused access/, CredentialsRefused);
  await withVariables({ AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }, /S3 server http:\/\/127\.0\.0\.1:9 does not answer/, StorageUnreachable);
  const unset = { AWS_REGION: undefined, AWS_CONFIG_FILE: '/dev/null' };
  await withVariables(unset, /no S3 server is known; start one with permafrost up/, StorageUnreachable);
  await assert.rejects(
    s3.store.get(parseAddress('s3://absent/x')),
    (error: Error) => error instanceof BucketNotFound && /bucket absent does not exist/.test(error.message),
  );
  await assert.rejects(s3.store.find(parseAddress('s3://absent/x')), BucketNotFound);
});
