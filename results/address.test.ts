import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AddressError, formatAddress, parseAddress, pathWithin, within } from './address.ts';

const good: readonly { text: string; bucket: string; key: string; again: string }[] = [
  { text: 's3://sweeps/research/a', bucket: 'sweeps', key: 'research/a', again: 's3://sweeps/research/a' },
  { text: 's3://sweeps/research/', bucket: 'sweeps', key: 'research', again: 's3://sweeps/research' },
  { text: 's3://my.bucket-1', bucket: 'my.bucket-1', key: '', again: 's3://my.bucket-1' },
];
for (const { text, bucket, key, again } of good) {
  test(`address: ${text}`, () => {
    assert.deepEqual(parseAddress(text), { bucket, key });
    assert.equal(formatAddress(parseAddress(text)), again);
  });
}

const bad: readonly { text: string; says: RegExp }[] = [
  { text: '/data/sweeps', says: /^S3 address must be s3:\/\/bucket\/prefix, got "\/data\/sweeps"$/ },
  { text: 's3://', says: /got "s3:\/\/": the bucket is missing/ },
  { text: 's3:///research', says: /got "s3:\/\/\/research": the bucket is missing/ },
  { text: 's3://ab/research', says: /a bucket name has 3 to 63/ },
  { text: 's3://Sweeps/research', says: /lower-case/ },
];
for (const { text, says } of bad) {
  test(`address: ${text} is refused`, () =>
    assert.throws(
      () => parseAddress(text),
      (error) => error instanceof AddressError && says.test(error.message),
    ));
}

test('address: paths go into a folder and come out of it, at the root of a bucket too', () => {
  for (const folder of [parseAddress('s3://sweeps'), parseAddress('s3://sweeps/a/b')]) {
    assert.equal(pathWithin(folder, within(folder, 'log/00000.ndjson')), 'log/00000.ndjson');
  }
});
