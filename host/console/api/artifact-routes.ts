import type { artifactRoutes } from "../../../shared/console/api/artifact-api.ts";
import type { ArtifactFiles, Resources } from "../../../shared/console/gateway-ports.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import { auditDone } from "../../../shared/twin/access/audit-done.ts";
import type { ArtifactDocument } from "../../../shared/twin/documents/artifact-document.ts";
import { NotFound, RevisionConflict } from "../../../shared/twin/documents/document-errors.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import type { Handlers } from "./api-call.ts";
import { AlreadyUnderWay } from "./api-errors.ts";
import type { ApiSettings } from "./api-settings.ts";
import { listQuery } from "./list-query.ts";
import { bodyBytes } from "./read-body.ts";
import type { SecurityHeaders } from "./security-headers.ts";
import { sendBytes } from "./send-bytes.ts";

export interface ArtifactParts {
  readonly resources: Resources;
  readonly store: GatewayStore;
  readonly files: ArtifactFiles;
  readonly settings: ApiSettings;
  readonly headers: SecurityHeaders;
}

/** An upload under way, with what was deleted meanwhile: bytes that it counts on may be gone. */
interface Upload {
  readonly deleted: Set<string>;
}

/** Names in a header, beyond ASCII and all. RFC 6266 §4.3, RFC 8187 */
const attachment = (name: string): string =>
  `attachment; filename="${name.replaceAll(/[^ !#-[\]-~]/g, "_")}"; filename*=UTF-8''${encodeURIComponent(name).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)}`;

export function artifactHandlers({ resources, store, files, settings, headers }: ArtifactParts): Handlers<typeof artifactRoutes> {
  const uploads = new Set<Upload>();

  async function keep(
    actor: Actor,
    draft: Omit<ArtifactDocument, "rev" | "createdAt" | "updatedAt">,
  ): Promise<ArtifactDocument | undefined> {
    const { id } = draft;
    const audit = [auditDone(actor, { action: "artifact:create", kind: "artifact", id })];
    try {
      await store.commit({ actor: actor.id, puts: [{ kind: "artifact", id, document: draft, ifRev: 0 }], audit });
    } catch (error) {
      // Somebody else brought the same bytes at the same time.
      if (!(error instanceof RevisionConflict)) throw error;
    }
    return store.get("artifact", id);
  }

  return {
    listArtifacts: (call, { query }) => resources.listArtifacts(call.actor, listQuery(query), call.stop),
    getArtifact: (call, { params }) => resources.getArtifact(call.actor, params.id),
    createArtifact: async (call, { query: { name, mediaType = "application/octet-stream" } }) => {
      const upload: Upload = { deleted: new Set() };
      uploads.add(upload);
      try {
        const { sha256, size } = await files.write(bodyBytes(call.request, settings.artifact, settings.requestTime), call.stop);
        const id = sha256.slice(0, 32);
        const known = await store.get("artifact", id);
        if (known !== undefined) return known;
        if (upload.deleted.has(sha256)) throw new AlreadyUnderWay("the deletion of an artifact of these bytes");
        const kept = await keep(call.actor, { id, name, mediaType, size, sha256, createdBy: call.actor.id });
        if (kept === undefined) throw new NotFound("artifact", id);
        return kept;
      } finally {
        uploads.delete(upload);
      }
    },
    deleteArtifact: async (call, { params: { id } }) => {
      const known = await store.get("artifact", id);
      if (known === undefined) throw new NotFound("artifact", id);
      const audit = [auditDone(call.actor, { action: "artifact:delete", kind: "artifact", id }, { before: known.rev })];
      await store.commit({ actor: call.actor.id, deletes: [{ kind: "artifact", id, ifRev: call.when.ifRev ?? known.rev }], audit });
      for (const { deleted } of uploads) deleted.add(known.sha256);
      await files.remove(known.sha256);
    },
    downloadArtifact: async (call, { params: { id } }) => {
      const { name, mediaType, size, sha256 } = await resources.getArtifact(call.actor, id);
      const about = {
        ...headers.data,
        "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "content-type": mediaType,
        "content-length": size,
        "content-disposition": attachment(name),
      };
      return sendBytes(call, about, files.read(sha256));
    },
  };
}
