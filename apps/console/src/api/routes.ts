import type { Route } from '../http/route.ts';
import { readAudit } from './audit/list.ts';
import { verify } from './audit/verify.ts';
import { cancelBackfillRoute, pauseBackfillRoute, resumeBackfillRoute } from './backfills/actions.ts';
import { createBackfillRoute } from './backfills/create.ts';
import { getBackfillRoute } from './backfills/get.ts';
import { listBackfillsRoute } from './backfills/list.ts';
import { listCoverageRoute } from './coverage/list.ts';
import { listDeliveriesRoute } from './deliveries/list.ts';
import { readHealthFigures } from './health/get.ts';
import { createErasure } from './erasures/create.ts';
import { getErasureRoute } from './erasures/get.ts';
import { listErasuresRoute } from './erasures/list.ts';
import { healthz } from './healthz.ts';
import { registerRoute } from './messages/register.ts';
import { search } from './messages/search.ts';
import { metrics } from './metrics.ts';
import { openapi } from './openapi.ts';
import { addMessage } from './protected/add-message.ts';
import { addSender } from './protected/add-sender.ts';
import { listMessages } from './protected/list-messages.ts';
import { listSenders } from './protected/list-senders.ts';
import { removeMessage } from './protected/remove-message.ts';
import { removeSender } from './protected/remove-sender.ts';
import { readyz } from './readyz.ts';
import { approve } from './recalls/approve.ts';
import { cancel } from './recalls/cancel.ts';
import { create } from './recalls/create.ts';
import { errors } from './recalls/errors.ts';
import { events } from './recalls/events.ts';
import { evidence } from './recalls/evidence.ts';
import { execute } from './recalls/execute.ts';
import { findings } from './recalls/findings.ts';
import { get } from './recalls/get.ts';
import { list } from './recalls/list.ts';
import { outcomes } from './recalls/outcomes.ts';
import { pause } from './recalls/pause.ts';
import { plan } from './recalls/plan.ts';
import { resume } from './recalls/resume.ts';
import { retry } from './recalls/retry.ts';
import { stopFollowingRoute } from './recalls/stop-following.ts';
import { verify as verifyRecall } from './recalls/verify.ts';
import { cancelRuleRoute } from './rules/cancel.ts';
import { createRuleRoute } from './rules/create.ts';
import { getRuleRoute } from './rules/get.ts';
import { listRulesRoute } from './rules/list.ts';
import { getSender } from './senders/get.ts';
import { logIn } from './session/create.ts';
import { logOut } from './session/delete.ts';
import { endSessions } from './session/end.ts';
import { listOpenSessions } from './session/list.ts';
import { getSession } from './session/get.ts';
import { logInWays } from './session/ways.ts';
import { makeToken } from './tokens/create.ts';
import { listAllTokens } from './tokens/list.ts';
import { revoke } from './tokens/revoke.ts';

/** All that the console serves, but for the pages for people; mounted and documented from here. */
export const routes: readonly Route[] = [
  create,
  list,
  get,
  plan,
  outcomes,
  errors,
  events,
  evidence,
  findings,
  execute,
  approve,
  pause,
  resume,
  cancel,
  retry,
  verifyRecall,
  stopFollowingRoute,
  createRuleRoute,
  listRulesRoute,
  getRuleRoute,
  cancelRuleRoute,
  search,
  registerRoute,
  getSender,
  readHealthFigures,
  listCoverageRoute,
  createBackfillRoute,
  listBackfillsRoute,
  getBackfillRoute,
  pauseBackfillRoute,
  resumeBackfillRoute,
  cancelBackfillRoute,
  listDeliveriesRoute,
  listSenders,
  addSender,
  removeSender,
  listMessages,
  addMessage,
  removeMessage,
  listAllTokens,
  makeToken,
  revoke,
  readAudit,
  verify,
  createErasure,
  listErasuresRoute,
  getErasureRoute,
  logIn,
  logInWays,
  getSession,
  logOut,
  listOpenSessions,
  endSessions,
  openapi,
  healthz,
  readyz,
  metrics,
];
