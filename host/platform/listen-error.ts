import { EdgeError } from "../../shared/base/edge-error.ts";

/** Another program listens on the port already. */
export class PortTaken extends EdgeError {
  readonly code = "EDGE_PORT_TAKEN";
  readonly host: string;
  readonly port: number;
  constructor({ what, host, port, change }: ListenAttempt, cause: unknown) {
    super(`${what} cannot listen on ${host}:${port}: another program has that port; stop it, or choose another port with ${change}`, {
      cause,
    });
    this.host = host;
    this.port = port;
  }
}

/** The address cannot be listened on for another reason than being taken. */
export class ListenRefused extends EdgeError {
  readonly code = "EDGE_LISTEN_REFUSED";
  readonly host: string;
  readonly port: number;
  constructor({ what, host, port, change }: ListenAttempt, why: string, cause: unknown) {
    super(`${what} cannot listen on ${host}:${port}: ${why}; choose another address with ${change}`, { cause });
    this.host = host;
    this.port = port;
  }
}

/** What was tried, for the message. */
export interface ListenAttempt {
  /** Who wants to listen, as in `the simulated pump station`. */
  readonly what: string;
  readonly host: string;
  readonly port: number;
  /** How to choose another address, as in `--simulator-port`. */
  readonly change: string;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "this user may not open it (ports below 1024 belong to root)",
  EADDRNOTAVAIL: "this machine does not have that address",
};

/** What `server.listen` failed with, as a clear error. */
export function listenError(attempt: ListenAttempt, error: unknown): EdgeError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return code === "EADDRINUSE" ? new PortTaken(attempt, error) : new ListenRefused(attempt, reasons[code] ?? String(error), error);
}
