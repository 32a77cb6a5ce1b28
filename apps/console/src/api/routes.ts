import type { Route } from '../http/route.ts';
import { healthz } from './healthz.ts';
import { search } from './messages/search.ts';
import { metrics } from './metrics.ts';
import { openapi } from './openapi.ts';
import { readyz } from './readyz.ts';
import { approve } from './recalls/approve.ts';
import { cancel } from './recalls/cancel.ts';
import { create } from './recalls/create.ts';
import { execute } from './recalls/execute.ts';
import { get } from './recalls/get.ts';
import { list } from './recalls/list.ts';
import { outcomes } from './recalls/outcomes.ts';
import { pause } from './recalls/pause.ts';
import { resume } from './recalls/resume.ts';
import { retry } from './recalls/retry.ts';

/** All that the console serves, but for the pages for people; mounted and documented from here. */
export const routes: readonly Route[] = [
  create,
  list,
  get,
  outcomes,
  execute,
  approve,
  pause,
  resume,
  cancel,
  retry,
  search,
  openapi,
  healthz,
  readyz,
  metrics,
];
