/** A file that is being written. */
export interface LogFile {
  /** Writes all bytes at `position`. What of them is there after a rejection is unknown. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Resolves when what was written is on disk. After a rejection nothing is known of anything written since the last success: write it anew, elsewhere. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface LogEntry {
  readonly name: string;
  /** Length of the file. */
  readonly size: number;
}

/** The files that the journal needs. Paths have `/` between their steps. Rejections are errors with a `code` such as `ENOSPC`. */
export interface LogFs {
  /** Makes a directory and those above it, each of them on disk; does nothing where it is. */
  makeDirectory(path: string): Promise<void>;
  /** The files of a directory, in no order. Directories in it are left out. */
  list(path: string): Promise<readonly LogEntry[]>;
  /** Names of the directories in a directory. */
  directories(path: string): Promise<readonly string[]>;
  /** A new, empty file; one that is there is emptied. Its name is on disk after `syncDirectory`. */
  create(path: string): Promise<LogFile>;
  /** Up to `length` bytes from `position` on; fewer only at the end of the file. */
  read(path: string, position: number, length: number): Promise<Uint8Array>;
  /** Cuts the file. On disk when it resolves. */
  truncate(path: string, size: number): Promise<void>;
  /** Puts a file in the place of another at once; on disk after `syncDirectory`. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; one that is not there is no error. On disk after `syncDirectory`. */
  remove(path: string): Promise<void>;
  /** Brings to disk which files a directory has. */
  syncDirectory(path: string): Promise<void>;
  /** Makes this process the only one in a directory, until the returned function is called or the process ends. @throws {StoreLocked} */
  lock(path: string): Promise<() => Promise<void>>;
}
