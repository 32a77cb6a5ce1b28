export {
  createSession,
  deleteSession,
  deleteSessionsOf,
  findSession,
  sessionHours,
  sessionIdleMinutes,
  type LogIn,
  type Session,
} from './sessions.ts';
export { createToken, findHolder, listTokens, revokeToken, type Holder, type Role, type Token } from './tokens.ts';
