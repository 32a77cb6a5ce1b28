import { expect, test } from '@jest/globals';
import { createRegistry, serveHealth } from '@chat-recall/shared/metrics';
import { Gauge } from 'prom-client';

test('a figure that cannot be told is a 500, and the next one is answered as before', async () => {
  const registry = createRegistry('test');
  let broken = true;
  new Gauge({
    name: 'waiting',
    help: 'What waits.',
    registers: [registry],
    collect() {
      if (broken) throw new Error('the database is away');
      this.set(7);
    },
  });
  const health = await serveHealth({ host: '127.0.0.1', port: 0, registry, checks: {} });
  try {
    const refused = await fetch(`${health.url}/metrics`);
    expect([refused.status, await refused.json()]).toEqual([500, { error: 'the database is away' }]);
    broken = false;
    const told = await fetch(`${health.url}/metrics`);
    expect(told.status).toBe(200);
    expect(await told.text()).toContain('waiting{process="test"} 7');
  } finally {
    await health.close();
  }
});
