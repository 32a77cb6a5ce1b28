declare module 'tls-sig-api-v2/TLSSigAPIv2.js' {
  export class Api {
    constructor(sdkAppId: number, secretKey: string);
    genSig(identifier: string, expireSeconds: number): string;
  }
}
