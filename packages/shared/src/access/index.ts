export {
  createSession,
  deleteSession,
  findSession,
  sessionHours,
  sessionIdleMinutes,
  type Session,
} from './sessions.ts';
export { createToken, findHolder, listTokens, revokeToken, type Holder, type Role, type Token } from './tokens.ts';
