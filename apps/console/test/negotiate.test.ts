import { expect, test } from '@jest/globals';
import { languageOf } from '../src/http/language.ts';
import { negotiate } from '../src/http/accept.ts';

const offered = ['application/json', 'text/csv', 'application/x-ndjson'] as const;

test.each([
  [undefined, 'application/json'],
  ['', 'application/json'],
  ['*/*', 'application/json'],
  ['text/csv', 'text/csv'],
  ['Text/CSV; charset=utf-8; header=present', 'text/csv'],
  ['text/*', 'text/csv'],
  ['application/*', 'application/json'],
  ['text/csv, application/json', 'application/json'],
  ['text/csv, application/json;q=0.9', 'text/csv'],
  ['application/json;q=0.1, */*;q=0.5', 'text/csv'],
  ['*/*, application/json;q=0', 'text/csv'],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'application/json'],
  ['text/html', null],
  ['text/csv;q=0', null],
  ['text/csv;q=2', null],
  [',;,', null],
])('%j', (accept, expected) => {
  expect(negotiate(accept, offered)).toBe(expected);
});

test.each([
  [undefined, 'en'],
  ['zh', 'zh'],
  ['zh-TW', 'zh'],
  ['en-US,en;q=0.9,zh-CN;q=0.8', 'en'],
  ['de, zh-Hans;q=0.3', 'zh'],
  ['de', 'en'],
])('the language of %j', (accept, expected) => {
  expect(languageOf(accept)).toBe(expected);
});
