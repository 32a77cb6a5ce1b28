import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { routes } from '../src/api/routes.ts';
import { startAtWork, token, type AtWork } from './console-at-work.ts';
import { contradiction, document } from './documented.ts';
import { tokenFor } from './signed-in.ts';

/**
 * All tests of the console judge every answer by the document (console-at-work.ts). Here: that the document lets through
 * no field that it does not name, so that no answer can hold one.
 */
let at: AtWork;
beforeAll(async () => {
  at = await startAtWork();
});
afterAll(() => at.stop());

type Node = Readonly<Record<string, unknown>>;

/** Where names are not known beforehand: what an act was about, counts by table, parts of the process, the document. */
const open = [
  'AuditEntry/properties/details',
  'Erasure/properties/changed',
  'OpenApiDocument',
  'Readiness/properties/parts',
];
const openFields = ['details', 'changed', 'parts'];

/** Schemas of objects that take fields which they do not name, by where they stand. */
function openObjects(node: unknown, where: string): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, properties, additionalProperties } = node as Node;
  // Rules beside `additionalProperties: false` only narrow what it lets through.
  const closed = additionalProperties === false;
  const isObject = type === 'object' || properties !== undefined;
  return [
    ...(isObject && !closed ? [where] : []),
    ...Object.entries(node)
      .filter(([key]) => !closed || key !== 'anyOf')
      .flatMap(([key, value]) => openObjects(value, `${where}/${key}`)),
  ];
}

/** The named schemas that answers are made of. */
function namesInAnswers(): string[] {
  const { schemas, responses } = document.components;
  const found = new Set<string>();
  const collect = (node: unknown): void => {
    for (const [, name = ''] of JSON.stringify(node).matchAll(/#\/components\/schemas\/(\w+)"/gu)) {
      if (found.has(name)) continue;
      found.add(name);
      collect(schemas[name]);
    }
  };
  collect(responses);
  for (const operations of Object.values(document.paths))
    for (const operation of Object.values(operations)) collect(operation.responses);
  return [...found].sort();
}

test('no answer may hold a field that the document does not name, where it does not say so', () => {
  const { schemas } = document.components;
  const answers = Object.values(document.paths).flatMap((operations) =>
    Object.values(operations).map(({ operationId, responses }) => openObjects(responses, operationId)),
  );
  expect([...answers.flat(), ...namesInAnswers().flatMap((name) => openObjects(schemas[name], name))]).toEqual(open);
});

/** Every object within a value, with the way to it. */
function objectsIn(value: unknown, way: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [];
  const within = Object.entries(value).flatMap(([key, one]) =>
    objectsIn(one, [...way, Array.isArray(value) ? Number(key) : key]),
  );
  return Array.isArray(value) ? within : [way, ...within];
}

function withMore(value: unknown, way: readonly (string | number)[]): unknown {
  const copy = structuredClone(value);
  const place = way.reduce<unknown>((node, key) => (node as Record<string | number, unknown>)[key], copy);
  Object.assign(place as object, { more: 'than is needed' });
  return copy;
}

test('a field more, in whatever object of a real answer, is found out by what judges every answer; times are UTC', async () => {
  await at.say([{ msgSeq: 1 }]);
  const { id } = await at.planned({ selector: { senders: ['spammer'] }, reason: 'r', mode: 'plan' });
  await tokenFor(at, 'viewer');
  let judged = 0;
  for (const { path } of routes.filter(({ method }) => method === 'get')) {
    const asked = path.replace('{id}', id);
    const response = await fetch(at.url + asked, { headers: { authorization: `Bearer ${token}` } });
    const type = response.headers.get('content-type') ?? '';
    if (!/[/+]json/u.test(type) || path.endsWith('/openapi.json')) {
      await response.body?.cancel();
      continue;
    }
    expect([path, type]).toEqual([path, expect.stringMatching(/^application\/(?:problem\+)?json; charset=utf-8$/u)]);
    const { status } = response;
    const body: unknown = await response.json();
    const times = JSON.stringify(body).match(/"\d{4}-\d\d-\d\dT[^"]*"/gu) ?? [];
    expect([path, times.filter((time) => !time.endsWith('Z"'))]).toEqual([path, []]);
    expect([path, contradiction('GET', asked, { status, type, body })]).toEqual([path, '']);
    for (const way of objectsIn(body).filter((one) => !one.some((key) => openFields.includes(String(key))))) {
      const told = contradiction('GET', asked, { status, type, body: withMore(body, way) });
      expect([path, way, told === '']).toEqual([path, way, false]);
      judged += 1;
    }
  }
  expect(judged).toBeGreaterThan(50);
});
