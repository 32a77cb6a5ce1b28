import { readFileSync } from 'node:fs';
import type { Environment } from '../settings.ts';
import type { Words } from '../words/words.ts';
import { check, type Check } from './check.ts';

/** The form of the app's credentials where they are set; whether they work shows with the first call. */
export function checkCredentials(environment: Environment, words: Words): Check {
  const appId = valueOf('TENCENT_SDK_APP_ID', environment);
  const secretKey = valueOf('TENCENT_SECRET_KEY', environment);
  if (appId === '' && secretKey === '') return check('credentials', 'skipped', words.doctorCredentialsSkipped);
  const wrong =
    appId === ''
      ? words.doctorOneMissing('TENCENT_SDK_APP_ID')
      : secretKey === ''
        ? words.doctorOneMissing('TENCENT_SECRET_KEY')
        : !/^[1-9]\d{7,10}$/u.test(appId)
          ? words.doctorAppId
          : !/^[\da-f]{64}$/iu.test(secretKey)
            ? words.doctorSecretKey
            : null;
  if (wrong !== null) return check('credentials', 'failed', wrong, words.doctorCredentialsAdvice);
  return check('credentials', 'ok', words.doctorCredentialsOk);
}

/** As the processes read it: a variable, or a file that `NAME_FILE` names. */
function valueOf(name: string, environment: Environment): string {
  const file = environment[`${name}_FILE`];
  if (file === undefined || file === '') return (environment[name] ?? '').trim();
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
