/** The longest line taken, bytes: a message has 12 KB at most, some times that with escapes. */
const longestLineBytes = 1024 * 1024;
const newline = 0x0a;

export class LineTooLong extends Error {}

/** Bytes in, lines out, without their ends. Keeps one line at most; throws `LineTooLong`. */
export function createLineSplitter(): { push(chunk: Buffer): Iterable<string>; end(): Iterable<string> } {
  let parts: Buffer[] = [];
  let bytes = 0;
  const keep = (part: Buffer): void => {
    bytes += part.length;
    if (bytes > longestLineBytes) throw new LineTooLong('a line is longer than 1 MB');
    if (part.length > 0) parts.push(part);
  };
  const release = (): string => {
    const line = Buffer.concat(parts).toString('utf8');
    parts = [];
    bytes = 0;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  };
  return {
    *push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
        keep(chunk.subarray(start, end));
        yield release();
        start = end + 1;
      }
      keep(chunk.subarray(start));
    },
    *end() {
      if (bytes > 0) yield release();
    },
  };
}
