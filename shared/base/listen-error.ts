import { EdgeError } from "./edge-error.ts";

/** Another program listens on the port already. */
export class PortTaken extends EdgeError {
  readonly code = "EDGE_PORT_TAKEN";
  readonly host: string;
  readonly port: number;
  constructor(what: string, host: string, port: number, change: string, cause: unknown) {
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
  constructor(what: string, host: string, port: number, change: string, why: string, cause: unknown) {
    super(`${what} cannot listen on ${host}:${port}: ${why}; choose another address with ${change}`, { cause });
    this.host = host;
    this.port = port;
  }
}

/** What was tried, for the message. */
export interface ListenAttempt {
  /** Who wants to listen, as in `the MQTT broker`. */
  readonly what: string;
  readonly host: string;
  readonly port: number;
  /** How to choose another address, as in `--mqtt-port`. */
  readonly change: string;
}

/** Turns what `server.listen` failed with into a clear error; anything else is given back as it is. */
export function listenError(attempt: ListenAttempt, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const { what, host, port, change } = attempt;
  switch (code) {
    case "EADDRINUSE":
      return new PortTaken(what, host, port, change, error);
    case "EACCES":
      return new ListenRefused(what, host, port, change, "this user may not open it (ports below 1024 belong to root)", error);
    case "EADDRNOTAVAIL":
      return new ListenRefused(what, host, port, change, "this machine does not have that address", error);
    case "ENOTFOUND":
      return new ListenRefused(what, host, port, change, "that name is not known", error);
    default:
      return error;
  }
}
