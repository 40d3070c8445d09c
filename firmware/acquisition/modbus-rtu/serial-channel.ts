import type { ConnectionEvents } from "../modbus-line/line-link.ts";

/** What a channel tells its owner. */
export interface SerialChannelEvents extends ConnectionEvents {
  /** Bytes came. They are good during the call only. */
  bytes(chunk: Uint8Array): void;
}

/** A two-way stream of bytes to serial devices: a port of this machine, or a connection to a server that has one. */
export interface SerialChannel {
  /** Sends bytes. Nothing is thrown: a channel that cannot send ends. */
  write(bytes: Uint8Array): void;
  /** Throws away what has come and was not told yet. Gives the number of bytes. */
  discard(): number;
  /** Lets go of it; the events stay silent from now on. */
  close(): Promise<void>;
}

/** Starts opening a channel; `events` tells how it went, never before this returns. */
export type OpenSerialChannel = (events: SerialChannelEvents) => SerialChannel;
