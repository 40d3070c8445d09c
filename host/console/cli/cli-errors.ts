import { EdgeError } from "../../../shared/base/edge-error.ts";

/** The command line was used wrongly. */
export class CommandUsage extends EdgeError {
  readonly code = "EDGE_CLI_USAGE";
}

/** No gateway answers at the address. */
export class GatewayUnreachable extends EdgeError {
  readonly code = "EDGE_GATEWAY_UNREACHABLE";
  constructor(url: string, cause: unknown) {
    const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    super(
      `no gateway answers at ${url} (${inner instanceof Error ? inner.message || inner.name : String(inner)}); is it running? another address: --url`,
      {
        cause,
      },
    );
  }
}

/** The gateway answered with an error. */
export class GatewayRefused extends EdgeError {
  readonly code = "EDGE_GATEWAY_REFUSED";
  readonly status: number;
  /** Code of the gateway's error. */
  readonly reason: string;
  constructor(status: number, reason: string, detail: string) {
    super(detail);
    this.status = status;
    this.reason = reason;
  }
}

/** Something was asked for and did not come about. */
export class NotReached extends EdgeError {
  readonly code = "EDGE_CLI_NOT_REACHED";
}
