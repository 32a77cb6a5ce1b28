import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { variables } from '../src/config/index.ts';

const head = `# Settings of the processes. Copy this file to .env; a line that is left empty counts as not set.
# Lines that begin with "# NAME=" show defaults. A secret may come from a file instead: NAME_FILE=/path.
`;

test('.env.example holds every setting with its meaning and its default or an example, and nothing else', () => {
  const blocks = Object.entries(variables).map(([name, { help, secret, example, default: fallback }]) => {
    const meaning = `# ${help}${secret ? ` Secret: also ${name}_FILE.` : ''}`;
    return `${meaning}\n${fallback === undefined ? '' : '# '}${name}=${example}\n`;
  });
  const example = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
  expect(example).toBe([head, ...blocks].join('\n'));
});

test('defaults and examples are what the settings take', () => {
  for (const [name, { schema, default: fallback, example }] of Object.entries(variables)) {
    if (fallback !== undefined)
      expect(`${name}=${example}`).toBe(`${name}=${JSON.stringify(fallback).replaceAll('"', '')}`);
    if (example !== '') expect(schema.safeParse(example).success).toBe(true);
  }
});
