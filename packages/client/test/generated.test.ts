import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { generatedFile, generatedText } from '../scripts/generated-text.ts';
import { typesFromDocument, type OpenApiDocument } from '../scripts/types-from-document.ts';

test('the types are those of the document: `npm run generate -w packages/client` when this fails', async () => {
  expect(readFileSync(generatedFile, 'utf8')).toBe(await generatedText());
});

function documentWith(schemas: OpenApiDocument['components']['schemas']): OpenApiDocument {
  return { paths: {}, components: { schemas } };
}

test.each([
  [{ type: 'string' }, 'string'],
  [{ type: ['string', 'null'] }, 'string | null'],
  [{ type: 'integer', minimum: 1 }, 'number'],
  [{ const: true }, 'true'],
  [{ enum: ["it's", 1, null] }, `'it\\'s' | 1 | null`],
  [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string | null'],
  [{ anyOf: [{ enum: ['a'] }, { type: 'string', pattern: '^a$' }] }, `'a'`],
  [{ type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, 'readonly (string | null)[]'],
  [{ type: 'object', additionalProperties: { type: 'integer' } }, 'Readonly<Record<string, number>>'],
  [{ type: 'object', additionalProperties: false }, 'Readonly<Record<string, never>>'],
  [{ $ref: '#/components/schemas/Other' }, 'Other'],
  [{}, 'unknown'],
])('%j becomes %s', (schema, type) => {
  expect(typesFromDocument(documentWith({ It: schema }))).toContain(`export type It = ${type};`);
});

test('what may be left out may be undefined; a comment cannot end early', () => {
  const text = typesFromDocument(
    documentWith({
      It: {
        type: 'object',
        required: ['a'],
        properties: { a: { type: 'string' }, 'b-c': { type: 'number', description: 'ends */ here' } },
      },
    }),
  );
  expect(text).toContain('readonly a: string;');
  expect(text).toContain(`/** ends *\\/ here */\nreadonly 'b-c'?: number | undefined;`);
});

test('two operations with one id are a fault of the document', () => {
  const operation = { operationId: 'twice', responses: {} };
  expect(() =>
    typesFromDocument({ ...documentWith({}), paths: { '/a': { get: operation, post: operation } } }),
  ).toThrow('two operations have the same id: twice');
});
