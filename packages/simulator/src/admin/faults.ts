import { parseFault } from '../faults/parse-fault.ts';
import type { AdminHandler } from './admin-api.ts';
import { numberParameter, oneOrMany } from './read.ts';

/** `GET /_standin/faults`: those still to come; JSON has no Infinity, so `left` is then null. */
export const listFaults: AdminHandler = ({ faults }) => ({ faults: faults.list() });

/** `POST /_standin/faults` with one or many faults; gives their ids. */
export const addFaults: AdminHandler = ({ faults }, _query, body) => {
  const parsed = oneOrMany(body).map(parseFault);
  return { ids: parsed.map((fault) => faults.add(fault)) };
};

/** `DELETE /_standin/faults?id=`: one, or all. */
export const clearFaults: AdminHandler = ({ faults }, query) => {
  const id = numberParameter(query, 'id');
  if (id === undefined) faults.clear();
  else faults.remove(id);
  return {};
};
