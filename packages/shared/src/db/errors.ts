import { codeOf } from '../errors/index.ts';

/**
 * Whether the database refused a statement for what was in it (SQLSTATE classes 22 data exception,
 * 23 integrity, 54 limits): trying the same again would fail the same way.
 */
export function isRefusedData(error: unknown): boolean {
  return /^(?:22|23|54)[0-9A-Z]{3}$/u.test(codeOf(error) ?? '');
}
