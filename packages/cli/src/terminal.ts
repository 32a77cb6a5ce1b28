import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

/** Where the command line reads and writes. */
export interface Terminal {
  readonly columns: number;
  /** Somebody sits there and can be asked. */
  readonly interactive: boolean;
  /** Answers to programs and people. */
  out(text: string): void;
  /** As `out`, but waits when whoever reads is slow. */
  pour(chunks: AsyncIterable<string>): Promise<void>;
  /** Remarks, questions, refusals. */
  err(text: string, style?: Style): void;
  /** Replaces the line on the terminal; nothing where there is none. */
  status(line: string): void;
  ask(question: string): Promise<string>;
  paint(style: Style, text: string): string;
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

const codes: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 };

interface Stream extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Streams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Stream;
  readonly stderr: Stream;
}

/** @param colour false: never, as with NO_COLOR (https://no-color.org) */
export function createTerminal({ stdin, stdout, stderr }: Streams, colour: boolean): Terminal {
  const coloured = colour && stdout.isTTY === true;
  const interactive = stdin.isTTY === true && stderr.isTTY === true;
  let shown = false;
  function clear(): void {
    if (shown) stderr.write('\r\u{1b}[2K');
    shown = false;
  }
  return {
    columns: stdout.columns ?? stderr.columns ?? 100,
    interactive,
    out(text) {
      clear();
      stdout.write(`${text}\n`);
    },
    async pour(chunks) {
      clear();
      for await (const chunk of chunks) {
        if (!stdout.write(chunk)) await new Promise((resolve) => stdout.once('drain', resolve));
      }
    },
    err(text, style) {
      clear();
      const plain = style === undefined || !colour || stderr.isTTY !== true;
      stderr.write(`${plain ? text : painted(style, text)}\n`);
    },
    status(line) {
      if (stderr.isTTY !== true) return;
      stderr.write(`\r\u{1b}[2K${line}`);
      shown = line !== '';
    },
    async ask(question) {
      clear();
      const lines = createInterface({ input: stdin, output: stderr });
      // The end of the input (Ctrl-D) is an answer, too: no.
      const ended = new Promise<string>((resolve) => {
        lines.once('close', () => resolve(''));
      });
      try {
        return (await Promise.race([lines.question(question), ended])).trim();
      } finally {
        lines.close();
      }
    },
    paint: (style, text) => (coloured ? painted(style, text) : text),
  };
}

function painted(style: Style, text: string): string {
  return `\u{1b}[${codes[style]}m${text}\u{1b}[0m`;
}
