import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Access } from "../../../shared/twin/access/access-ports.ts";
import type { RefusalLog } from "../../../shared/twin/access/audit-port.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import type { CelEngine } from "../../platform/cel/cel-engine.ts";
import type { ListEngine } from "../../platform/lists/list-engine.ts";
import type { DocumentWriter } from "./document-writer.ts";
import type { ResourceGate } from "./resource-gate.ts";

/** What every kind of resource works with. */
export interface ResourceParts {
  readonly store: GatewayStore;
  readonly access: Access;
  readonly refusals: RefusalLog;
  readonly cel: CelEngine;
  readonly clock: Clock;
  readonly log: Log;
}

/** The same, with what is made of it. */
export interface ResourceTools extends ResourceParts {
  readonly gate: ResourceGate;
  readonly writer: DocumentWriter;
  readonly lists: ListEngine;
}
