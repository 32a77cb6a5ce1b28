import { z } from 'zod';

const whole = (min: number, max: number): z.ZodType<number> =>
  z
    .int(`expected a whole number from ${min} to ${max}`)
    .min(min, `expected ${min} or more`)
    .max(max, `expected ${max} or less`);

/** One app in TENCENT_APPS; what is left out comes from the variable of the same meaning. */
const appSchema = z.strictObject({
  sdkAppId: whole(1, 4_294_967_295),
  secretKey: z.string().min(1).optional(),
  admin: z.string().min(1).optional(),
  apiUrl: z.url({ protocol: /^https?$/u, error: 'expected a URL that begins with http:// or https://' }).optional(),
  callsPerSecond: whole(1, 190).optional(),
  historyCallsPerSecond: whole(0, 190).optional(),
  sendReason: z.boolean().optional(),
  roamingDays: whole(1, 3_650).optional(),
  retentionDays: whole(1, 3_650).optional(),
  webhookTokens: z.array(z.string().min(1)).optional(),
});

const listSchema = z
  .array(appSchema)
  .min(1, 'expected at least one app')
  .max(100, 'expected 100 apps at most')
  .refine((apps) => new Set(apps.map(({ sdkAppId }) => sdkAppId)).size === apps.length, 'expected each sdkAppId once');

/** The JSON of TENCENT_APPS. Nothing of it is repeated in an error: it holds keys. */
export const appsSchema: z.ZodType<z.output<typeof listSchema>, string> = z.string().transform((text, context) => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'expected a JSON array of apps' });
    return z.NEVER;
  }
  const parsed = listSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const words = parsed.error.issues.slice(0, 5).map((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
    const message = issue.code === 'unrecognized_keys' ? `unknown ${issue.keys.join(', ')}` : issue.message;
    return path === '' ? message : `${path.replace(/^\./u, '')} ${message}`;
  });
  context.addIssue({ code: 'custom', message: words.join('; ') });
  return z.NEVER;
});
