import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { routes } from '../src/api/routes.ts';
import { startAtWork, type AtWork } from './console-at-work.ts';
import { document, faultsBy, type Document } from './documented.ts';

let at: AtWork;
beforeAll(async () => {
  at = await startAtWork();
});
afterAll(() => at.stop());

test('what is served is the document of the table', async () => {
  const { status, type, body } = await at.get<Document>('/api/v1/openapi.json');
  expect([status, type]).toEqual([200, 'application/json; charset=utf-8']);
  expect(body).toEqual(JSON.parse(JSON.stringify(document)));
});

test('it is OpenAPI 3.1', async () => {
  const validated = await new Validator().validate(JSON.parse(JSON.stringify(document)) as Record<string, unknown>);
  expect(validated).toEqual({ valid: true });
  expect(document.openapi).toMatch(/^3\.1\./u);
});

test('it lints clean: no error and no warning, by all recommended rules and some more', async () => {
  const config = await createConfig({
    extends: ['recommended'],
    rules: {
      'component-name-unique': 'error',
      'no-http-verbs-in-paths': 'error',
      'no-invalid-parameter-examples': 'error',
      'no-invalid-schema-examples': 'error',
      'no-required-schema-properties-undefined': 'error',
      'operation-4xx-problem-details-rfc7807': 'error',
      'operation-description': 'error',
      'operation-singular-tag': 'error',
      'operation-tag-defined': 'error',
      'parameter-description': 'error',
    },
  });
  const lint = async (served: unknown): Promise<string[]> =>
    (await lintFromString({ source: JSON.stringify(served), absoluteRef: 'openapi.json', config })).map(
      ({ severity, ruleId, message, location: [where] }) => `${severity} ${ruleId} at ${where?.pointer}: ${message}`,
    );
  const { body } = await at.get<Document>('/api/v1/openapi.json');
  expect(await lint(body)).toEqual([]);
  // It does find something.
  const untidy = { ...body, paths: { ...body.paths, '/x/{y}': { get: { responses: {} } } } };
  expect(await lint(untidy)).toContainEqual(expect.stringMatching(/^error .*path-parameters-defined/u));
});

test('every route is in it, and nothing else', () => {
  const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { operationId }]) => `${method} ${path} ${operationId}`),
  );
  expect(documented.sort()).toEqual(routes.map(({ method, path, id }) => `${method} ${path} ${id}`).sort());
  expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length);
});

test('every reference leads somewhere, and every schema is used', () => {
  const text = JSON.stringify(document);
  const references = new Set(
    [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/gu)].map(([, kind, name]) => `${kind}/${name}`),
  );
  const there = Object.entries(document.components).flatMap(([kind, named]) =>
    Object.keys(named).map((name) => `${kind}/${name}`),
  );
  const used = there.filter((name) => !name.startsWith('securitySchemes/'));
  expect([...references].filter((name) => !there.includes(name))).toEqual([]);
  expect(used.filter((name) => !references.has(name))).toEqual([]);
  expect(text).not.toContain('$defs');
});

test('the examples are what they are examples of', () => {
  const all = Object.entries(document.components.schemas).flatMap(([name, { examples = [] }]) =>
    examples.map((example) => ({ name, example })),
  );
  expect(all.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['Message', 'Outcome', 'Problem', 'Recall', 'RecallRequest']),
  );
  for (const { name, example } of all)
    expect([name, faultsBy(`/components/schemas/${name}`, example)]).toEqual([name, '']);
});

test('the request schema says what the API accepts and refuses', async () => {
  const reason = 'r';
  for (const [request, accepted] of [
    [{ selector: { senders: ['a'] }, reason }, true],
    [{ selector: { senders: ['a'] }, reason, mode: 'plan', priority: 'bulk' }, true],
    [{ selector: { sentFrom: '2026-11-21T00:00:00Z', sentTo: '2026-11-22T00:00:00+08:00' }, reason }, true],
    [{ selector: { messages: [{ groupId: 'g', topicId: null, msgSeqs: [1] }] }, reason }, true],
    [{ selector: {}, reason }, false],
    [{ selector: { senders: [] }, reason }, false],
    [{ selector: { groupIds: ['g'] }, reason }, false],
    [{ selector: { senders: ['a'], x: 1 }, reason }, false],
    [{ selector: { senders: ['a'] } }, false],
    [{ selector: { senders: ['a'] }, reason: '' }, false],
    [{ selector: { messages: [{ groupId: 'g', msgSeqs: [] }] }, reason }, false],
    [{ selector: { messages: [{ groupId: 'g', msgSeqs: [0.5] }] }, reason }, false],
    [{ selector: { senders: ['a'] }, reason, mode: 'x' }, false],
  ] as const) {
    expect([request, faultsBy('/components/schemas/RecallRequest', request) === '']).toEqual([request, accepted]);
    expect([request, (await at.post('/api/v1/recalls', request)).status]).toEqual([request, accepted ? 202 : 422]);
  }
});
