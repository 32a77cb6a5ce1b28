import { z } from 'zod';
import { json } from '../http/answer.ts';
import { route } from '../http/route.ts';
import { component } from '../openapi/components.ts';

const documentSchema = component(z.looseObject({ openapi: z.string() }), {
  id: 'OpenApiDocument',
  description: 'An OpenAPI 3.1 document.',
});

export const openapi = route({
  method: 'get',
  path: '/api/v1/openapi.json',
  id: 'getOpenApi',
  summary: 'This document',
  description: 'Made of the schemas that judge the requests.',
  role: 'viewer',
  responses: { 200: { description: 'What is served here.', content: { 'application/json': documentSchema } } },
  handle: (_request, { document }) => json(document),
});
