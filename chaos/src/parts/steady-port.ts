import { createServer } from 'node:net';

/** Below the ports that Linux takes for outgoing connections: nobody takes them while their process is away. */
const lowest = 20_000;
const count = 12_000;

/** A free port of 127.0.0.1 for a process that is to come back on the same one. */
export async function steadyPort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * count);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port }, () => server.close(() => resolve(true)));
  });
}
