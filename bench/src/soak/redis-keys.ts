import { once } from 'node:events';
import { connect } from 'node:net';

/** Keys that a Redis on this machine holds. */
export async function redisKeys(port: number): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write('DBSIZE\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return Number(answer.toString('latin1').replace(/^:/u, ''));
  } finally {
    socket.destroy();
  }
}
