declare module 'tls-sig-api-v2/TLSSigAPIv2.js' {
  export class Api {
    constructor(sdkAppId: number, key: string);
    /** @param expire validity in seconds from now */
    genSig(userId: string, expire: number): string;
  }
}
