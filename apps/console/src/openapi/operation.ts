import type { z } from 'zod';
import type { Parameter } from '../http/parameters.ts';
import { statusOf, type ProblemCode } from '../http/problem.ts';
import type { ResponseDefinition, Route } from '../http/route.ts';
import { inlineSchema, refOf } from './components.ts';

/** One route as an operation. */
export function operationOf(route: Route): object {
  const { id, summary, description, role, body } = route;
  const parameters = parametersOf(route);
  return {
    operationId: id,
    summary,
    description,
    tags: [tagOf(route.path)],
    security: role === 'public' ? [] : [{ bearer: [] }, { session: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: bodyOf(body) }),
    responses: responsesOf(route),
  };
}

function tagOf(path: string): string {
  const [, api, , name] = path.split('/');
  return api === 'api' && name !== undefined && name !== 'openapi.json' ? name : 'service';
}

function bodyOf(schema: z.ZodType): object {
  return {
    required: !mayBeLeftOut(schema),
    content: { 'application/json': { schema: refOf(schema) } },
  };
}

function parametersOf({ params, query, headers }: Route): object[] {
  return [
    ...Object.entries(params?.shape ?? {}).map(([name, schema]) => parameter(name, 'path', schema as z.ZodType, true)),
    ...Object.entries(query ?? {}).map(([name, given]) => queryParameter(name, given)),
    ...Object.entries(headers ?? {}).map(([name, schema]) => parameter(name, 'header', schema, !mayBeLeftOut(schema))),
  ];
}

function parameter(name: string, place: string, schema: z.ZodType, required: boolean): Record<string, unknown> {
  const { description, ...rest } = inlineSchema(schema) as { description?: string };
  return { name, in: place, required, ...(description === undefined ? {} : { description }), schema: rest };
}

function queryParameter(name: string, { given, schema }: Parameter): object {
  const plain = parameter(name, 'query', schema, !mayBeLeftOut(schema));
  if (given === 'once' || given === 'as a number') return plain;
  const repeated = { ...plain, style: 'form', explode: true };
  if (given === 'repeatedly') return repeated;
  const array = plain['schema'] as { items: { enum: readonly string[] } };
  const one = array.items.enum.join('|');
  const several = {
    type: 'string',
    pattern: `^(?:${one})?(?:,(?:${one})?)*$`,
    description: 'Several, separated by commas',
  };
  return { ...repeated, schema: { ...array, items: { anyOf: [array.items, several] } } };
}

/** Those of the table, and the refusals that come with what a route reads. */
function responsesOf(route: Route): object {
  const { responses, role, body, params, query, headers, problems = [] } = route;
  const codes = new Set<ProblemCode>(['not_acceptable', 'internal', ...problems]);
  if (role !== 'public') {
    codes.add('unauthenticated').add('forbidden').add('too_many_attempts').add('unavailable');
  }
  if (params !== undefined) codes.add('not_found');
  // Every route refuses unknown parameters.
  codes.add('invalid_request');
  if (body !== undefined) codes.add('malformed_body').add('too_large').add('unsupported_media_type');
  if (query !== undefined || headers !== undefined) codes.add('query_timeout');
  const refusals = [...new Set([...codes].map(statusOf))].filter((status) => responses[status] === undefined);
  return {
    ...Object.fromEntries(Object.entries(responses).map(([status, response]) => [status, responseOf(response)])),
    ...Object.fromEntries(refusals.map((status) => [status, { $ref: `#/components/responses/Problem${status}` }])),
  };
}

function responseOf({ description, content, headers = {} }: ResponseDefinition): object {
  const types = Object.entries(content).map(([type, schema]) => [
    type,
    { schema: schema === 'text' ? { type: 'string' } : refOf(schema) },
  ]);
  const told = Object.entries(headers).map(([name, meaning]) => [
    name,
    { description: meaning, schema: { type: 'string' } },
  ]);
  return {
    description,
    headers: { ...Object.fromEntries(told), 'X-Request-Id': { $ref: '#/components/headers/RequestId' } },
    content: Object.fromEntries(types),
  };
}

function mayBeLeftOut(schema: z.ZodType): boolean {
  return schema.safeParse(undefined).success;
}
