import { collectDefaultMetrics, Registry } from 'prom-client';

export { Counter, Gauge, Histogram, type Registry } from 'prom-client';
export { closeServer, listen, readiness, serveHealth, urlOf, type Check, type Readiness } from './serve-health.ts';
export { watchEventLoop, type Stalls } from './watch-event-loop.ts';

/** A registry with Node's own metrics (event loop delay, memory, collections) and the process as a label. */
export function createRegistry(process: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ process });
  collectDefaultMetrics({ register: registry });
  return registry;
}
