import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClusterUnreachable } from '../client/errors.ts';
import { jsonLog } from './log.ts';

test('each event is one line of JSON; an error tells its causes', () => {
  const lines: string[] = [];
  const log = jsonLog((line) => lines.push(line));
  log('warn', 'a look failed', { name: 'small', error: new ClusterUnreachable('no answer', { cause: new RangeError('closed') }) });
  const { time, ...event } = JSON.parse(lines.join(''));
  assert.deepEqual(event, {
    level: 'warn',
    message: 'a look failed',
    name: 'small',
    error: 'ClusterUnreachable: no answer (caused by RangeError: closed)',
  });
  assert.equal(new Date(time).toISOString(), time);
  assert.match(lines.join(''), /^[^\n]+\n$/);
});
