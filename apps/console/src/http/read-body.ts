import { isUtf8 } from 'node:buffer';
import express, { type Request, type Response } from 'express';
import { Refusal } from './problem.ts';

/** 10,000 sequences, 10,000 senders and 100 keywords fit. */
const maxBodyBytes = 2 * 1024 * 1024;

const parseJson = express.json({
  limit: maxBodyBytes,
  type: isJson,
  strict: false,
  verify(_request, _response, bytes) {
    if (!isUtf8(bytes)) throw new Refusal('malformed_body', 'the body is not UTF-8');
  },
});

/**
 * The JSON that a request carries; undefined when it has no body.
 *
 * @throws Refusal when it is too large, no JSON, or of another media type
 */
export async function readBody(request: Request, response: Response): Promise<unknown> {
  if (!hasBody(request)) return undefined;
  if (!isJson(request)) throw new Refusal('unsupported_media_type', 'the body must be sent as application/json');
  await new Promise<void>((resolve, reject) => {
    parseJson(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(refusalOf(error))));
  });
  return request.body as unknown;
}

function hasBody({ headers }: Pick<Request, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function isJson({ headers }: { headers: Request['headers'] }): boolean {
  return /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/iu.test(headers['content-type'] ?? '');
}

/** What body-parser says, in our words. */
function refusalOf(error: unknown): unknown {
  const { type, body } = error as { type?: unknown; body?: unknown };
  switch (type) {
    case 'entity.verify.failed':
      return error instanceof Refusal ? error : new Refusal('malformed_body', 'the body is not UTF-8');
    case 'entity.parse.failed':
      return new Refusal(
        'malformed_body',
        typeof body === 'string' && body.trim() === '' ? 'the body is empty' : 'the body is not JSON',
      );
    case 'entity.too.large':
      return new Refusal('too_large', `the body must have ${maxBodyBytes} bytes at most`);
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new Refusal(
        'unsupported_media_type',
        'the body must be UTF-8, plain or compressed with gzip, deflate or br',
      );
    case 'request.aborted':
    case 'request.size.invalid':
      return new Refusal('malformed_body', 'the body ended too early');
    default:
      // zlib has no type: a body that is not what its Content-Encoding says.
      return String((error as { code?: unknown }).code).startsWith('Z_')
        ? new Refusal('malformed_body', 'the body cannot be decompressed')
        : error;
  }
}
