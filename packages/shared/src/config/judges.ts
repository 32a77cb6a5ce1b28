import type { Config } from './read-config.ts';

/**
 * Judges QUEUE_PREFIX: without REDIS_URL it is the name of a schema, which BullMQ does not quote.
 *
 * @returns what is wrong
 */
export function judgeQueuePrefix(config: Config<'REDIS_URL' | 'QUEUE_PREFIX'>): readonly string[] {
  const { REDIS_URL, QUEUE_PREFIX } = config;
  if (REDIS_URL !== undefined || QUEUE_PREFIX === undefined || /^[A-Za-z_][A-Za-z0-9_]*$/u.test(QUEUE_PREFIX))
    return [];
  return ['QUEUE_PREFIX: expected only letters, digits and underscores, since without REDIS_URL it names a schema'];
}

/** Judges INDEX_TEXT with its key. @returns what is wrong */
export function judgeIndexText(config: Config<'INDEX_TEXT' | 'INDEX_TEXT_KEY'>): readonly string[] {
  if (config.INDEX_TEXT !== 'pieces' || config.INDEX_TEXT_KEY !== undefined) return [];
  return ['INDEX_TEXT_KEY: must be set with INDEX_TEXT=pieces'];
}
