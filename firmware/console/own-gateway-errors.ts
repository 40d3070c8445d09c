import { EdgeError } from "../../shared/base/edge-error.ts";

/** The file of `--own-gateway` is not in order. */
export class OwnGatewayInvalid extends EdgeError {
  readonly code = "EDGE_OWN_GATEWAY_FILE";
  readonly path: string;
  constructor(path: string, problem: string, cause?: unknown) {
    super(`the file of --own-gateway, ${path}: ${problem}`, { cause });
    this.path = path;
  }
}
