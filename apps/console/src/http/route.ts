import type { z } from 'zod';
import type { Session } from '@chat-recall/shared/access';
import type { Need, Principal } from '../auth/roles.ts';
import type { ConsoleParts } from '../parts.ts';
import type { Answer } from './answer.ts';
import type { Parameters } from './parameters.ts';
import type { ProblemCode } from './problem.ts';

/** Headers that a route reads, by their names as documented. */
type HeaderSchemas = Readonly<Record<string, z.ZodType>>;

/** What a handler gets: judged already, in the types of the route's schemas. */
export interface Request<P extends z.ZodObject, Q extends Parameters, H extends HeaderSchemas, B extends z.ZodType> {
  readonly params: z.output<P>;
  readonly query: { readonly [N in keyof Q]: z.output<Q[N]['schema']> };
  readonly headers: { readonly [N in keyof H]: z.output<H[N]> };
  readonly body: z.output<B>;
  /** On public routes `anonymous`. */
  readonly principal: Principal;
  /** null: there is none, or a token came with the request. */
  readonly session: Session | null;
  /** On public routes: the session whose cookie came all the same. */
  readonly formerSession: () => Promise<Session | null>;
  /** Whether who asked is still known here; for answers that go on for long. */
  readonly stillKnown: () => Promise<boolean>;
  /** Whether the client's side of the connection is https. */
  readonly secure: boolean;
  /** The media type to answer with: one of those that the route offers. */
  readonly mediaType: string;
}

/** An answer as it is documented. */
export interface ResponseDefinition {
  readonly description: string;
  /** By media type, the preferred one first: a component's schema, or `text` for what is no JSON. None: no body. */
  readonly content: Readonly<Record<string, z.ZodType | 'text'>>;
  /** Headers of the answer, with what they mean. */
  readonly headers?: Readonly<Record<string, string>>;
}

interface Definition<P extends z.ZodObject, Q extends Parameters, H extends HeaderSchemas, B extends z.ZodType> {
  readonly method: 'get' | 'post' | 'delete';
  /** As in OpenAPI: `/api/v1/recalls/{id}`. */
  readonly path: string;
  /** `operationId`. */
  readonly id: string;
  readonly summary: string;
  readonly description: string;
  readonly role: Need | 'public';
  readonly params?: P;
  readonly query?: Q;
  readonly headers?: H;
  /** An optional schema: the body may be left out. */
  readonly body?: B;
  /** By status. */
  readonly responses: Readonly<Record<number, ResponseDefinition>>;
  /** Refusals of its own, beside those that come with what it reads. */
  readonly problems?: readonly ProblemCode[];
  handle(request: Request<P, Q, H, B>, parts: ConsoleParts): Answer | Promise<Answer>;
}

/** Any route: a row of the table, for whatever is generic over it. */
export type Route = Definition<z.ZodObject, Parameters, HeaderSchemas, z.ZodType>;

/** What a route without a request schema of a kind gets. */
type Nothing = Readonly<Record<never, never>>;

/** A row of the table. The handler's types follow from the schemas; the row itself forgets them. */
export function route<
  P extends z.ZodObject = z.ZodObject,
  Q extends Parameters = Nothing,
  H extends HeaderSchemas = Nothing,
  B extends z.ZodType = z.ZodType<undefined>,
>(definition: Definition<P, Q, H, B>): Route {
  return definition;
}
