/**
 * The nonce that the console put into this page: the content security policy lets through only styles
 * that bear it. The global name is where the scroll lock of Mantine's dialogs looks (package get-nonce).
 */
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';
if (nonce !== '') Object.assign(globalThis, { __webpack_nonce__: nonce });

export function getNonce(): string {
  return nonce;
}
