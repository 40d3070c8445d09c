import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { ListQuery, Page } from "../../../shared/console/gateway-ports.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import { ArtifactDocument } from "../../../shared/twin/documents/artifact-document.ts";
import { NotFound } from "../../../shared/twin/documents/document-errors.ts";
import type { ResourceTools } from "./resource-parts.ts";

const fields = Object.keys(ArtifactDocument.properties);

/** Artifacts, as they are described; their bytes are elsewhere. */
export class ArtifactResources {
  readonly #tools: ResourceTools;

  constructor(tools: ResourceTools) {
    this.#tools = tools;
  }

  async list(actor: Actor, query: ListQuery, stop: StopSignal): Promise<Page<ArtifactDocument>> {
    this.#tools.gate.read(actor, "artifact:list", "artifact", "*");
    return this.#tools.lists.list({ kind: "artifact", query, fields, idOf: ({ id }) => id, project: (one) => one }, stop);
  }

  async get(actor: Actor, id: string): Promise<ArtifactDocument> {
    const artifact = await this.#tools.store.get("artifact", id);
    if (artifact === undefined) throw new NotFound("artifact", id);
    this.#tools.gate.read(actor, "artifact:read", "artifact", id);
    return artifact;
  }
}
