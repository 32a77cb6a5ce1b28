import { once } from 'node:events';
import { connect } from 'node:net';

/** Writes bytes to a server as they are; all that comes back until the other side ends it. */
export async function exchange(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
  socket.on('error', () => {});
  socket.write(bytes);
  await once(socket, 'close');
  return received;
}

/** A request of its own, which may stand behind another one. */
export const secondRequest = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';

const chunked = (body: string): string => `Transfer-Encoding: chunked\r\n\r\n${body}`;

/** Headers and body of requests of which it is doubtful where they end, each with another one behind it. */
export const doubtfulEnds: readonly (readonly [what: string, rest: string])[] = [
  ['a length and chunks', `Content-Length: 5\r\n${chunked(`0\r\n\r\n${secondRequest}`)}`],
  ['chunks and a length', `Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${secondRequest}`],
  ['two lengths', `Content-Length: 0\r\nContent-Length: 37\r\n\r\n${secondRequest}`],
  ['a length that is none', `Content-Length: +5\r\n\r\n12345${secondRequest}`],
  ['a name with a space', `Content-Length : 37\r\n\r\n${secondRequest}`],
  ['another coding after chunks', `Transfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n${secondRequest}`],
  ['a line without CR', `X: y\nContent-Length: 0\r\n\r\n${secondRequest}`],
  ['a chunk longer than it says', chunked(`1\r\n12\r\n0\r\n\r\n${secondRequest}`)],
  ['a size that is none', chunked(`0x5\r\n12345\r\n0\r\n\r\n${secondRequest}`)],
];
