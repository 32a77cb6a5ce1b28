import { createHash, createHmac, randomBytes } from 'node:crypto';

/** 256 random bits, as text that travels in headers and cookies. */
function randomText(): string {
  return randomBytes(32).toString('base64url');
}

/** The secret of a named token: the prefix lets scanners of leaked secrets know it. */
export function newTokenSecret(): string {
  return `crt_${randomText()}`;
}

/** Whether a text can be a named token at all; what cannot is never looked up. */
export function isTokenSecret(text: string): boolean {
  return /^crt_[\w-]{43}$/u.test(text);
}

/** The secret of a session or a CSRF token. */
export function newSecret(): string {
  return randomText();
}

/** What is stored of a random secret: nobody guesses 256 bits, so a fast hash without salt will do. */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/**
 * What is stored of a session made from a token that no row knows. Only under the same token does the
 * same secret give the same hash: a changed token ends the sessions of the old one.
 */
export function hashUnder(token: string, secret: string): Buffer {
  return createHmac('sha256', token).update(secret).digest();
}
