import { z } from 'zod';

interface ComponentMeta {
  readonly id: string;
  readonly description: string;
  readonly examples?: readonly unknown[];
  /** Rules that zod keeps as code, in JSON Schema. */
  readonly anyOf?: readonly object[];
}

/** Schemas that the document names; others are written out where they stand. */
const registry = z.registry<ComponentMeta>();
const requests = new Set<string>();

/** Names a schema of answers. */
export function component<S extends z.ZodType>(schema: S, meta: ComponentMeta): S {
  registry.add(schema, meta);
  return schema;
}

/** Names a schema of requests: what has a default may be left out. */
export function requestComponent<S extends z.ZodType>(schema: S, meta: ComponentMeta): S {
  requests.add(meta.id);
  return component(schema, meta);
}

/** A reference to a named schema. */
export function refOf(schema: z.ZodType): { $ref: string } {
  const meta = registry.get(schema);
  if (meta === undefined) throw new Error('a schema of the table is not a component');
  return { $ref: uriOf(meta.id) };
}

/** `components.schemas` of the document. */
export function componentSchemas(): Record<string, object> {
  const [input, output] = (['input', 'output'] as const).map(
    (io) => z.toJSONSchema(registry, { metadata: registry, io, uri: uriOf, override: plainer }).schemas,
  );
  const names = Object.keys(output ?? {}).sort();
  return Object.fromEntries(names.map((name) => [name, withoutIds((requests.has(name) ? input : output)?.[name])]));
}

/** The JSON Schema of a schema without a name, written out. */
export function inlineSchema(schema: z.ZodType): object {
  return withoutIds(z.toJSONSchema(schema, { io: 'output', override: plainer }));
}

function uriOf(id: string): string {
  return `#/components/schemas/${id}`;
}

/** Where there is a format, its pattern is noise of 300 characters. */
function plainer({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
}

function withoutIds(schema: z.core.JSONSchema.BaseSchema | undefined): object {
  const { $schema: _, $id: __, ...rest } = schema ?? {};
  return rest;
}
