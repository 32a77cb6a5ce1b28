/** The parts of an OpenAPI 3.1 document that the types are made from. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly description?: string;
}

/**
 * The document as TypeScript: an interface or type for each named schema, and a table of the operations.
 * openapi-typescript would do the same, but stands on the compiler's JavaScript API, which TypeScript 7
 * does not have; what zod writes is a small part of JSON Schema.
 */
export function typesFromDocument(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const ids = operations.map(({ operation }) => operation.operationId);
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  if (twice.length > 0) throw new Error(`two operations have the same id: ${twice.join(', ')}`);
  return [
    '// Made by `npm run generate -w packages/client` from the OpenAPI document of the console. Do not edit.\n',
    ...Object.entries(document.components.schemas).map(
      ([name, schema]) => `${comment(schema.description)}export type ${name} = ${typeOf(schema)};\n`,
    ),
    '/** What each operation takes and answers. */',
    `export interface Operations {\n${operations.map(({ operation }) => member(operation)).join('\n')}\n}\n`,
    '/** Where each operation is. */',
    `export const operations = {\n${operations
      .map(({ path, method, operation }) => `${key(operation.operationId)}: [${quote(method)}, ${quote(path)}],`)
      .join('\n')}\n} as const;\n`,
  ].join('\n');
}

function member({ operationId, summary, parameters = [], requestBody, responses }: Operation): string {
  const fields = (['path', 'query', 'header'] as const).flatMap((place) => {
    const there = parameters.filter((parameter) => parameter.in === place);
    if (there.length === 0) return [];
    const optional = there.every(({ required }) => required !== true);
    return [
      `${place}${optional ? '?' : ''}: {\n${there.map(parameterOf).join('\n')}\n}${optional ? ' | undefined' : ''};`,
    ];
  });
  if (requestBody !== undefined) {
    const type = typeOf(requestBody.content['application/json']?.schema ?? {});
    fields.push(requestBody.required === true ? `body: ${type};` : `body?: ${type} | undefined;`);
  }
  fields.push(`answer: ${answerOf(responses)};`);
  return `${comment(summary)}${key(operationId)}: {\n${fields.join('\n')}\n};`;
}

function parameterOf({ name, required, description, schema }: Parameter): string {
  const type = typeOf(schema);
  return `${comment(description)}readonly ${key(name)}${required === true ? '' : '?'}: ${type}${required === true ? '' : ' | undefined'};`;
}

/** JSON of the successful answers; text where there is none; void where there is no body. */
function answerOf(responses: Operation['responses']): string {
  const contents = Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([, { content }]) => content ?? {});
  const types = contents.map((content) => {
    const json = content['application/json']?.schema;
    if (json !== undefined) return typeOf(json);
    return Object.keys(content).length === 0 ? 'void' : 'string';
  });
  return [...new Set(types)].join(' | ') || 'void';
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1) ?? 'unknown';
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => literal(value)).join(' | ');
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (schema.properties === undefined && alternatives !== undefined) {
    const enumerated = alternatives.some((one) => one.enum !== undefined);
    // Beside an enumeration, a text with a pattern is another spelling of it: several values with commas.
    const told = alternatives.filter((one) => !(enumerated && one.type === 'string' && one.enum === undefined));
    return [...new Set(told.map(typeOf))].join(' | ');
  }
  const types = Array.isArray(schema.type) ? (schema.type as readonly string[]) : [schema.type as string | undefined];
  return types.map((type) => plainTypeOf(type, schema)).join(' | ');
}

function plainTypeOf(type: string | undefined, schema: Schema): string {
  switch (type) {
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'array':
      return `readonly (${typeOf(schema.items ?? {})})[]`;
    case 'object':
      return objectOf(schema);
    default:
      return 'unknown';
  }
}

function objectOf({ properties = {}, required = [], additionalProperties }: Schema): string {
  const fields = Object.entries(properties).map(([name, schema]) => {
    const given = required.includes(name);
    return `${comment(schema.description)}readonly ${key(name)}${given ? '' : '?'}: ${typeOf(schema)}${given ? '' : ' | undefined'};`;
  });
  if (fields.length > 0) return `{\n${fields.join('\n')}\n}`;
  if (typeof additionalProperties === 'object') return `Readonly<Record<string, ${typeOf(additionalProperties)}>>`;
  return additionalProperties === false ? 'Readonly<Record<string, never>>' : 'Readonly<Record<string, unknown>>';
}

function comment(text: string | undefined): string {
  return text === undefined || text === '' ? '' : `/** ${text.replaceAll('*/', '*\\/')} */\n`;
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/u.test(name) ? name : quote(name);
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? quote(value) : JSON.stringify(value);
}
