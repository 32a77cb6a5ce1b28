import { randomUUID } from 'node:crypto';

export interface PublishedFile {
  readonly gzip: Buffer;
  /** Unix ms. */
  readonly expiresAt: number;
}

/** The files that can be downloaded, each at a path of its own that cannot be guessed. */
export interface PublishedFiles {
  /** Gives the path. */
  add(file: PublishedFile): string;
  /** undefined: there is none, or no longer. */
  find(path: string, nowMs: number): Buffer | undefined;
  clear(): void;
}

export const historyFilesPath = '/history-files/';

export function createPublishedFiles(): PublishedFiles {
  const files = new Map<string, PublishedFile>();
  return {
    add(file) {
      const path = `${historyFilesPath}${randomUUID()}.gz`;
      files.set(path, file);
      return path;
    },
    find(path, nowMs) {
      for (const [expired, { expiresAt }] of files) if (expiresAt <= nowMs) files.delete(expired);
      return files.get(path)?.gzip;
    },
    clear: () => files.clear(),
  };
}
