import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** A certificate that vouches for itself: whoever trusts it takes it for the authority, too. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

/**
 * Makes one for a host, and writes it and its key into a folder.
 *
 * @param owner of the files, when the server that reads them is another user's
 */
export async function makeCertificate(
  folder: string,
  host: string,
  owner?: { readonly uid: number; readonly gid: number },
): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: host }], {
    algorithm: 'sha256',
    keySize: 2_048,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: host }] }],
  });
  const certFile = join(folder, `${host}.crt`);
  const keyFile = join(folder, `${host}.key`);
  writeFileSync(certFile, made.cert);
  writeFileSync(keyFile, made.private, { mode: 0o600 });
  if (owner !== undefined) for (const file of [certFile, keyFile]) chownSync(file, owner.uid, owner.gid);
  return { certFile, keyFile };
}
