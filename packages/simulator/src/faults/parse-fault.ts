import type { Effect, Fault } from './fault.ts';

const effectFields: Record<Effect['kind'], Record<string, 'number' | 'number?' | 'boolean?'>> = {
  latency: { ms: 'number' },
  'apply-then-hang': {},
  hang: {},
  'apply-then-reset': {},
  reset: {},
  http: { status: 'number', apply: 'boolean?' },
  garbage: { apply: 'boolean?' },
  'error-code': { code: 'number', ms: 'number?' },
  'sequence-code': { code: 'number' },
  shuffle: {},
  missing: {},
  surplus: {},
  poison: {},
  'destroy-group': {},
  'list-as-object': {},
  'other-name': {},
  hole: {},
  repeat: {},
  short: {},
  'no-sequence': {},
  'large-random': {},
  'wrong-md5': {},
  'cut-file': {},
  'expired-url': {},
};

const faultFields: Record<string, 'string' | 'number'> = {
  command: 'string',
  groupId: 'string',
  sequence: 'number',
  times: 'number',
  probability: 'number',
  afterCalls: 'number',
};

/** A fault out of JSON, where `"times": "forever"` stands for Infinity. Throws with the name of the wrong field. */
export function parseFault(value: unknown): Fault {
  const fault = asRecord(value, 'a fault');
  const { effect: rawEffect, ...rest } = fault.times === 'forever' ? { ...fault, times: Infinity } : fault;
  for (const [name, field] of Object.entries(rest)) {
    const wanted = faultFields[name];
    if (!wanted) throw new Error(`${name} is no field of a fault`);
    if (typeof field !== wanted) throw new Error(`${name} must be a ${wanted}`);
  }
  const effect = asRecord(rawEffect, 'effect');
  const fields = Object.hasOwn(effectFields, String(effect.kind)) && effectFields[effect.kind as Effect['kind']];
  if (!fields) throw new Error(`effect.kind must be one of ${Object.keys(effectFields).join(', ')}`);
  for (const [name, wanted] of Object.entries(fields)) {
    const type = wanted.replace('?', '');
    const fits = typeof effect[name] === type || (wanted !== type && effect[name] === undefined);
    if (!fits) throw new Error(`effect.${name} must be a ${type}`);
  }
  // Every field was looked at above.
  return { ...rest, effect } as unknown as Fault;
}

function asRecord(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} must be an object`);
  return value as Record<string, unknown>;
}
