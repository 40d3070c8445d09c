import type { LogEntry, LogFile, LogFs } from "../../firmware/pipeline/log-fs.ts";
import { StoreLocked } from "../../shared/base/level/level-errors.ts";

/** What a crash may leave of bytes that were written and not synced. */
export type TornWrite = "lost" | "prefix" | "zeros" | "sectors";

type Operation = "create" | "write" | "sync" | "read" | "truncate" | "rename" | "remove" | "list" | "syncDirectory";

interface Inode {
  /** As programs see it. */
  cache: Uint8Array;
  /** As it lies on the disk. */
  disk: Uint8Array;
}

interface NameChange {
  readonly directory: string;
  apply(names: Map<string, Inode>): void;
}

const sector = 512;

/** An error as the file system gives it. */
export function diskError(code: string, operation: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${operation} '${path}'`), { code });
}

/**
 * A file system in memory that tells the page cache from the disk: what is not synced is gone, or torn, after {@link crash}. It can be full, refuse
 * operations, and lie about syncs. Everything happens in microtasks, so that virtual time works.
 */
export class MemoryLogFs implements LogFs {
  readonly #random: () => number;
  #names = new Map<string, Inode>();
  #diskNames = new Map<string, Inode>();
  #pendingNames: NameChange[] = [];
  readonly #directories = new Set<string>();
  readonly #locked = new Set<string>();
  /** Every crash ends the life of the handles before it. */
  #life = 0;

  /** Room in bytes, all files together; beyond it writes get ENOSPC. */
  capacity = Number.POSITIVE_INFINITY;
  /** While true, a sync says yes and does nothing: after a crash the bytes are gone. */
  lying = false;
  /** Asked before each operation; what it gives back is thrown. */
  fault: (operation: Operation, path: string) => Error | undefined = () => undefined;
  /** Operations so far, by kind. */
  readonly counts = { create: 0, write: 0, sync: 0, read: 0, truncate: 0, rename: 0, remove: 0, list: 0, syncDirectory: 0 };
  bytesWritten = 0;
  /** Whole pages of 4 KiB that syncs brought to disk. */
  pagesSynced = 0;

  /** @param random a number in [0, 1): decides what a crash leaves */
  constructor(random: () => number = () => 0) {
    this.#random = random;
  }

  get used(): number {
    let sum = 0;
    for (const inode of new Set(this.#names.values())) sum += inode.cache.length;
    return sum;
  }

  /** Paths of all files, sorted. */
  get paths(): readonly string[] {
    return [...this.#names.keys()].sort();
  }

  /** A file's bytes as programs see them, for tests to look at and to {@link put} back changed. */
  get(path: string): Uint8Array {
    return this.#inode(path, "read").cache.slice();
  }

  /** Puts bytes into a file and onto the disk behind everybody's back. */
  put(path: string, bytes: Uint8Array): void {
    const inode = this.#names.get(path) ?? { cache: bytes, disk: bytes };
    inode.cache = bytes.slice();
    inode.disk = bytes.slice();
    this.#names.set(path, inode);
    this.#diskNames.set(path, inode);
  }

  /** Removes a file, on the disk too, behind everybody's back. */
  drop(path: string): void {
    this.#names.delete(path);
    this.#diskNames.delete(path);
  }

  /** The power goes: what was not synced is lost or torn, handles and locks are void. */
  crash(torn?: TornWrite): void {
    this.#life += 1;
    this.#locked.clear();
    const kept = Math.floor(this.#random() * (this.#pendingNames.length + 1));
    for (const change of this.#pendingNames.slice(0, torn === "lost" ? 0 : kept)) change.apply(this.#diskNames);
    this.#pendingNames = [];
    for (const inode of new Set([...this.#names.values(), ...this.#diskNames.values()])) {
      inode.disk = this.#tear(inode, torn);
      inode.cache = inode.disk;
    }
    this.#names = new Map(this.#diskNames);
  }

  async makeDirectory(path: string): Promise<void> {
    this.#directories.add(path);
  }

  async list(path: string): Promise<readonly LogEntry[]> {
    this.#enter("list", path);
    const entries: LogEntry[] = [];
    for (const [name, inode] of this.#names) {
      if (directoryOf(name) === path) entries.push({ name: name.slice(path.length + 1), size: inode.cache.length });
    }
    return entries;
  }

  async directories(path: string): Promise<readonly string[]> {
    return [...this.#directories].filter((one) => directoryOf(one) === path).map((one) => one.slice(path.length + 1));
  }

  async create(path: string): Promise<LogFile> {
    this.#enter("create", path);
    const inode: Inode = { cache: new Uint8Array(0), disk: new Uint8Array(0) };
    this.#change(directoryOf(path), (names) => names.set(path, inode));
    const life = this.#life;
    let dirtyFrom = 0;
    const alive = (operation: Operation): void => {
      if (life !== this.#life) throw diskError("EBADF", operation, path);
      this.#enter(operation, path);
    };
    return {
      write: async (bytes, position) => {
        alive("write");
        const end = position + bytes.length;
        const growth = Math.max(0, end - inode.cache.length);
        const room = this.capacity - this.used;
        const fits = growth <= room ? bytes.length : Math.max(0, bytes.length - (growth - room));
        const grown = new Uint8Array(Math.max(inode.cache.length, position + fits));
        grown.set(inode.cache);
        grown.set(bytes.subarray(0, fits), position);
        inode.cache = grown;
        dirtyFrom = Math.min(dirtyFrom, position);
        this.bytesWritten += fits;
        if (fits < bytes.length) throw diskError("ENOSPC", "write", path);
      },
      sync: async () => {
        try {
          alive("sync");
        } catch (error) {
          // The kernel drops the dirty mark of pages that it could not write: a later sync says yes without them.
          dirtyFrom = inode.cache.length;
          throw error;
        }
        if (inode.cache.length > dirtyFrom) this.pagesSynced += Math.ceil(inode.cache.length / 4096) - Math.floor(dirtyFrom / 4096);
        if (!this.lying && dirtyFrom < inode.cache.length) {
          const disk = new Uint8Array(inode.cache.length);
          disk.set(inode.disk);
          disk.set(inode.cache.subarray(dirtyFrom), dirtyFrom);
          inode.disk = disk;
        }
        dirtyFrom = inode.cache.length;
      },
      close: async () => {},
    };
  }

  async read(path: string, position: number, length: number): Promise<Uint8Array> {
    this.#enter("read", path);
    return this.#inode(path, "read").cache.slice(position, position + length);
  }

  async truncate(path: string, size: number): Promise<void> {
    this.#enter("truncate", path);
    const inode = this.#inode(path, "truncate");
    inode.cache = inode.cache.slice(0, size);
    inode.disk = inode.disk.slice(0, size);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#enter("rename", from);
    const inode = this.#inode(from, "rename");
    this.#change(directoryOf(to), (names) => {
      names.delete(from);
      names.set(to, inode);
    });
  }

  async remove(path: string): Promise<void> {
    this.#enter("remove", path);
    if (this.#names.has(path)) this.#change(directoryOf(path), (names) => names.delete(path));
  }

  async syncDirectory(path: string): Promise<void> {
    this.#enter("syncDirectory", path);
    if (this.lying) return;
    for (const change of this.#pendingNames) if (change.directory === path) change.apply(this.#diskNames);
    this.#pendingNames = this.#pendingNames.filter((change) => change.directory !== path);
  }

  async lock(path: string): Promise<() => Promise<void>> {
    if (this.#locked.has(path)) throw new StoreLocked(path, undefined);
    this.#locked.add(path);
    const life = this.#life;
    return async () => {
      if (life === this.#life) this.#locked.delete(path);
    };
  }

  #enter(operation: Operation, path: string): void {
    this.counts[operation] += 1;
    const fault = this.fault(operation, path);
    if (fault !== undefined) throw fault;
  }

  #inode(path: string, operation: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw diskError("ENOENT", operation, path);
    return inode;
  }

  #change(directory: string, apply: (names: Map<string, Inode>) => void): void {
    if (!this.#directories.has(directory)) throw diskError("ENOENT", "open", directory);
    apply(this.#names);
    this.#pendingNames.push({ directory, apply });
  }

  #tear({ cache, disk }: Inode, torn: TornWrite | undefined): Uint8Array {
    if (cache.length <= disk.length) return disk;
    const kinds: readonly TornWrite[] = ["lost", "prefix", "zeros", "sectors"];
    const kind = torn ?? kinds[Math.floor(this.#random() * kinds.length)] ?? "lost";
    if (kind === "lost") return disk;
    const left = cache.slice();
    const cut = disk.length + Math.floor(this.#random() * (cache.length - disk.length + 1));
    if (kind === "prefix") return left.slice(0, cut);
    if (kind === "zeros") return left.fill(0, cut);
    for (let at = disk.length; at < left.length; at += sector) if (this.#random() < 0.5) left.fill(0, at, at + sector);
    return left;
  }
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
