import { connect } from 'node:net';

/** What a response begins with: `HTTP/1.1 200`. */
const statusAt = 9;
const headEnd = Buffer.from('\r\n\r\n');

export interface Connection {
  /** Posts one request and resolves with the status of its answer; 0: none came. */
  post(request: Buffer): Promise<number>;
  close(): void;
}

/**
 * A persistent connection with one request at a time. Written on a bare socket: an HTTP client would take
 * more of the machine than what is measured.
 */
export function openConnection(host: string, port: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    let settle: ((status: number) => void) | undefined;
    let got: Buffer | undefined;
    const end = (status: number): void => {
      const waiting = settle;
      settle = got = undefined;
      waiting?.(status);
    };
    socket.on('data', (chunk) => {
      got = got === undefined ? chunk : Buffer.concat([got, chunk]);
      const length = answerLength(got);
      if (length !== undefined && got.length >= length) end(Number(got.toString('latin1', statusAt, statusAt + 3)));
    });
    socket.on('error', reject);
    socket.on('close', () => end(0));
    socket.on('connect', () =>
      resolve({
        post: (request) =>
          new Promise((settled) => {
            settle = settled;
            if (socket.destroyed) end(0);
            else socket.write(request);
          }),
        close: () => socket.destroy(),
      }),
    );
  });
}

/** Bytes of head and body; undefined: the head is not all there. */
function answerLength(bytes: Buffer): number | undefined {
  const end = bytes.indexOf(headEnd);
  if (end === -1) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const length = /content-length: *(?<length>\d+)/iu.exec(head)?.groups?.['length'];
  return end + headEnd.length + Number(length ?? 0);
}
