import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from './metrics.ts';

test('the text is as Prometheus reads it', () => {
  const metrics = createMetrics();
  const looks = metrics.counter('looks_total', 'Looks');
  looks.add({ result: 'success' });
  looks.add({ result: 'success' }, 2);
  looks.add({ result: 'a "quoted"\nback\\slash' });
  metrics.gauge('depth', 'Depth').set({}, 4);
  metrics.measured('memory_bytes', 'Memory', 'gauge', () => 17);
  const seconds = metrics.histogram('look_seconds', 'Time', [0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 3]) seconds.observe({ controller: 'sweep' }, value);
  assert.equal(
    metrics.text(),
    `# HELP looks_total Looks
# TYPE looks_total counter
looks_total{result="success"} 3
looks_total{result="a \\"quoted\\"\\nback\\\\slash"} 1
# HELP depth Depth
# TYPE depth gauge
depth 4
# HELP memory_bytes Memory
# TYPE memory_bytes gauge
memory_bytes 17
# HELP look_seconds Time
# TYPE look_seconds histogram
look_seconds_bucket{controller="sweep",le="0.1"} 2
look_seconds_bucket{controller="sweep",le="1"} 3
look_seconds_bucket{controller="sweep",le="+Inf"} 4
look_seconds_sum{controller="sweep"} 3.65
look_seconds_count{controller="sweep"} 4
`,
  );
});
