export declare const canary: 'c4n4ry';
export declare function leakIn(line: string): { what: string; masked: string } | undefined;
