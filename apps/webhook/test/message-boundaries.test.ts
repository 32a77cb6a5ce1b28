import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { doubtfulEnds, exchange, secondRequest } from '@chat-recall/testkit';
import { startReceiver, type AtWork } from './receiver-at-work.ts';

let work: AtWork;
beforeAll(async () => {
  work = await startReceiver();
});
afterAll(() => work.end());

test('one request after the other is answered by two answers', async () => {
  const answers = await exchange(
    work.receiver.url,
    `${secondRequest}${secondRequest.replace('Host', 'Connection: close\r\nHost')}`,
  );
  expect(answers.match(/HTTP\/1\.1 200 /gu)).toHaveLength(2);
});

test.each(doubtfulEnds)('where a request ends is not guessed: %s', async (_what, rest) => {
  const answers = await exchange(work.receiver.url, `POST /nothing HTTP/1.1\r\nHost: x\r\n${rest}`);
  // The head alone may have been answered by then. What stands behind it is never taken for a request: the end comes.
  expect(answers).toMatch(/^HTTP\/1\.1 40[04] /u);
  expect(answers).not.toContain('HTTP/1.1 200');
});
