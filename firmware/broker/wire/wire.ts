/** A byte stream to one client: TCP, TLS or the binary frames of a WebSocket. Never throws; a broken one reports itself closed. */
export interface Wire {
  /** Address and port of the other side, for the log. */
  readonly remote: string;
  /** Address of the other side, for the login throttle. */
  readonly address: string;
  /** Takes the bytes as they are: the caller must not touch them again. */
  write(bytes: Buffer): void;
  /** Bytes that were written and that the system has not taken yet. */
  backlog(): number;
  pause(): void;
  resume(): void;
  /** Sends what was written, then closes; a peer that takes nothing is cut off after a second. */
  end(): void;
  /** Closes at once. */
  abort(): void;
}

/** What happens on a wire. */
export interface WireEvents {
  data(bytes: Buffer): void;
  /** The system took everything that was written. */
  drained(): void;
  /** The last event. */
  closed(): void;
}
