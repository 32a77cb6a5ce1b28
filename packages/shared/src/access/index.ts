export {
  createSession,
  deleteSession,
  deleteSessionsOf,
  findSession,
  listSessions,
  sessionHours,
  sessionIdleMinutes,
  type LogIn,
  type OpenSession,
  type Session,
} from './sessions.ts';
export { createToken, findHolder, listTokens, revokeToken, type Holder, type Role, type Token } from './tokens.ts';
