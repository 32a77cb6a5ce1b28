import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileDownload, type Fault } from '../faults/fault.ts';
import type { FaultBook } from '../faults/faults.ts';
import { respond } from '../http.ts';
import type { LedgerBook } from '../ledger.ts';
import type { PublishedFiles } from './published-files.ts';

/** Serves `GET /history-files/…`, without a signature: whoever has the URL has the file. */
export function createFileServer(parts: {
  readonly published: PublishedFiles;
  readonly ledger: LedgerBook;
  readonly faults: FaultBook;
  readonly wait: (ms: number) => Promise<void>;
}) {
  return async (
    arrival: { readonly at: number; readonly now: number; readonly path: string },
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const call = parts.ledger.open(arrival.at, fileDownload);
    const effect: Fault['effect'] | undefined = parts.faults.take(call)?.effect;
    call.fault = effect?.kind ?? null;
    const file = parts.published.find(arrival.path, arrival.now);
    const answer = (status: number, type: string, body: string | Buffer): void => {
      call.httpStatus = status;
      call.applied = status === 200;
      respond(response, status, type, body);
    };
    switch (effect?.kind) {
      case 'hang':
      case 'apply-then-hang':
        return;
      case 'reset':
      case 'apply-then-reset':
        return void request.socket.resetAndDestroy();
      case 'latency':
        await parts.wait(effect.ms);
        break;
      case 'http':
        return answer(effect.status, 'text/html', '<html><body><h1>Bad Gateway</h1></body></html>');
      case 'garbage':
        return answer(200, 'application/octet-stream', 'no gzip');
      default:
    }
    if (!file || effect?.kind === 'expired-url') return answer(403, 'application/xml', '<Error>AccessDenied</Error>');
    answer(200, 'application/octet-stream', effect?.kind === 'cut-file' ? file.subarray(0, file.length / 2) : file);
  };
}
