/**
 * One value for each line of a stream of newline-delimited JSON.
 *
 * @throws SyntaxError when a line is no JSON, as the last one of a stream that broke off
 */
export async function* fromNdjson<T>(chunks: AsyncIterable<string>): AsyncGenerator<T> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line) as T;
  }
  if (rest !== '') yield JSON.parse(rest) as T;
}
