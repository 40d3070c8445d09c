/** What the adapter of a bus can do. */
export interface I2cAbilities {
  /** SMBus I2C block reads and writes: bytes from and to numbered registers. */
  readonly readBlock: boolean;
  readonly writeBlock: boolean;
  /** Plain I2C messages. */
  readonly messages: boolean;
}

/** An open bus device. One call at a time; each holds one thread of libuv's pool until the kernel is done. Rejects with errors of Node's kind. */
export interface I2cHandle {
  readonly abilities: I2cAbilities;
  readBlock(address: number, register: number, length: number): Promise<Uint8Array>;
  writeBlock(address: number, register: number, bytes: Uint8Array): Promise<void>;
  read(address: number, length: number): Promise<Uint8Array>;
  write(address: number, bytes: Uint8Array): Promise<void>;
  /** Not while a call is under way: its file descriptor could come to mean another file. */
  close(): Promise<void>;
}

/** Opens a bus device by its path. Rejects with errors of Node's kind. */
export type OpenI2c = (device: string) => Promise<I2cHandle>;
