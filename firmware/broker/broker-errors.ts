import { EdgeError } from "../../shared/base/edge-error.ts";
import type { Problem } from "../../shared/base/problem.ts";

/** A listener can be reached from other machines but lacks TLS or accounts. */
export class BrokerExposed extends EdgeError {
  readonly code = "EDGE_BROKER_EXPOSED";
  readonly listener: string;
  constructor(listener: string, missing: string) {
    super(
      `listener ${listener} can be reached from other machines, but ${missing}: expected TLS and an accounts file, or a loopback address`,
    );
    this.listener = listener;
  }
}

/** The certificate or key of a listener cannot be used. */
export class BrokerCertificate extends EdgeError {
  readonly code = "EDGE_BROKER_CERTIFICATE";
  constructor(listener: string, what: string, cause?: unknown) {
    super(
      `listener ${listener}: ${what}${cause instanceof Error ? ` (${cause.message})` : ""}; expected PEM files of a certificate chain and its key`,
      {
        cause,
      },
    );
  }
}

/** The accounts file is missing, unreadable or wrong. None of it is used. */
export class AccountsRefused extends EdgeError {
  readonly code = "EDGE_BROKER_ACCOUNTS";
  readonly file: string;
  readonly problems: readonly Problem[];
  constructor(file: string, problems: readonly Problem[], cause?: unknown) {
    const list = problems.map(({ path, message, expected }) => `${path === "" ? "the file" : path}: ${message}; expected ${expected}`);
    super(`accounts file ${file} is refused: ${list.join(" · ")}`, { cause });
    this.file = file;
    this.problems = problems;
  }
}

/** The broker was used after it was closed. */
export class BrokerClosed extends EdgeError {
  readonly code = "EDGE_BROKER_CLOSED";
  constructor() {
    super("the broker is closed");
  }
}

/** The board tried to publish something that no message can be. */
export class BadPublish extends EdgeError {
  readonly code = "EDGE_BROKER_BAD_PUBLISH";
  constructor(topic: string, expected: string) {
    super(`cannot publish to "${topic.slice(0, 200)}": expected ${expected}`);
  }
}
