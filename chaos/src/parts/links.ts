import { linkNames, partsOf, type LinkName, type PartName, type PlannedFault, type Queue } from '../plan/faults.ts';
import { startProxy, type Proxy } from '../proxy/proxy.ts';
import { createSeenCalls, type SeenCalls } from './seen-calls.ts';

/** A proxy for each part and each thing it talks to. */
export interface Links {
  port(part: PartName, link: LinkName): number;
  /** @returns ends it */
  disturb(fault: Extract<PlannedFault['fault'], { kind: 'link' }>): () => void;
  /** What was seen on the way to the platform. */
  readonly seen: SeenCalls;
  close(): Promise<void>;
}

export async function startLinks(
  queue: Queue,
  targetOf: (part: PartName, link: LinkName) => () => number,
): Promise<Links> {
  const seen = createSeenCalls();
  const proxies = new Map<string, Proxy>();
  for (const link of linkNames) {
    for (const part of partsOf(link, queue)) {
      const target = targetOf(part, link);
      proxies.set(
        `${part} ${link}`,
        await startProxy({ target, ...(link === 'platform' && { onForwarded: seen.note }) }),
      );
    }
  }
  function of(part: PartName, link: LinkName): Proxy {
    const proxy = proxies.get(`${part} ${link}`);
    if (proxy === undefined) throw new Error(`no link ${link} of ${part}`);
    return proxy;
  }
  return {
    port: (part, link) => of(part, link).port,
    disturb({ link, parts, disturbance, every }) {
      const ends = parts.map((part) => of(part, link).disturb(disturbance, every));
      return () => {
        for (const end of ends) end();
      };
    },
    seen,
    async close() {
      await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
    },
  };
}
