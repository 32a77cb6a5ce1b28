import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { routes } from '../src/api/routes.ts';
import { documentOf } from '../src/openapi/document.ts';

interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, unknown>>;
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Response>>;
}

export interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly examples?: readonly unknown[] }>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
}

export const document = documentOf(routes) as Document;

const ajv = new Ajv2020({ strict: false, allErrors: true });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
ajv.addSchema(document, 'openapi');
const validators = new Map<string, ValidateFunction>();

/** What the document says against a value, by a pointer to the schema; empty: nothing. */
export function faultsBy(pointer: string, value: unknown): string {
  const validate = validatorOf(pointer);
  return validate(value) ? '' : ajv.errorsText(validate.errors, { separator: '\n' });
}

/** The places in a value that the document complains about, as a refusal names them: `selector.senders[0]`. */
export function faultyPlacesBy(pointer: string, value: unknown): string[] {
  const validate = validatorOf(pointer);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, params }) => {
    const { missingProperty, additionalProperty } = params as Readonly<Record<string, string | undefined>>;
    const parts = instancePath.split('/').slice(1);
    const all = [...parts, missingProperty ?? additionalProperty].filter((part) => part !== undefined);
    return all
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce((path, part) => (/^\d+$/u.test(part) ? `${path}[${part}]` : path === '' ? part : `${path}.${part}`), '');
  });
}

function validatorOf(pointer: string): ValidateFunction {
  const validate = validators.get(pointer) ?? ajv.compile({ $ref: `openapi#${pointer}` });
  validators.set(pointer, validate);
  return validate;
}

/**
 * What the document says against an answer: an operation, a status or a media type that it does not
 * know, or a body that is not as it says.
 */
export function contradiction(
  method: string,
  path: string,
  answer: { status: number; type: string; body: unknown },
): string {
  const pathname = path.split('?', 1)[0] ?? '';
  const template = Object.keys(document.paths).find((known) =>
    new RegExp(`^${known.replaceAll('.', '\\.').replaceAll(/\{\w+\}/gu, '[^/]+')}$`, 'u').test(pathname),
  );
  const operation =
    template === undefined ? undefined : document.paths[template]?.[method === 'HEAD' ? 'get' : method.toLowerCase()];
  // Refusals of what is in no table have the form of all refusals.
  if (template === undefined || operation === undefined) return faultsBy('/components/schemas/Problem', answer.body);
  const response = operation.responses[answer.status];
  if (response === undefined) return `${operation.operationId} does not tell of ${answer.status}`;
  const pointer =
    response.$ref === undefined
      ? `/paths/${escape(template)}/${method === 'HEAD' ? 'get' : method.toLowerCase()}/responses/${answer.status}`
      : response.$ref.slice(1);
  const resolved =
    response.$ref === undefined ? response : document.components.responses[response.$ref.split('/').at(-1) ?? ''];
  const type = answer.type.split(';', 1)[0] ?? '';
  if (type === '' && answer.body === '' && Object.keys(resolved?.content ?? {}).length === 0) return '';
  if (resolved?.content?.[type] === undefined)
    return `${operation.operationId} does not tell of ${type} at ${answer.status}`;
  return method === 'HEAD' ? '' : faultsBy(`${pointer}/content/${escape(type)}/schema`, answer.body);
}

function escape(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}
