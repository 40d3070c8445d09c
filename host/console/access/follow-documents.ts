import type { DocumentKind, DocumentKinds, DocumentPut, GatewayStore } from "../../../shared/twin/store-ports.ts";

/** Kinds whose documents carry the id that they are stored under. */
export type FollowedKind = Exclude<DocumentKind, "feature">;

/** Takes documents as they are stored and as they go. Must not throw. */
export interface Follower<K extends FollowedKind> {
  put(document: DocumentKinds[K]): void;
  remove(id: string): void;
}

const pageSize = 500;

function isOf<K extends DocumentKind>(kind: K, put: DocumentPut, document: DocumentKinds[DocumentKind]): document is DocumentKinds[K] {
  return put.kind === kind && document.id === put.id;
}

/**
 * Gives a follower every document of a kind, then every change as soon as it is on disk, so that it stands for the store without asking it.
 * @returns ends it
 */
export async function followDocuments<K extends FollowedKind>(
  store: Pick<GatewayStore, "list" | "onCommit">,
  kind: K,
  follower: Follower<K>,
): Promise<() => void> {
  // What changes while the pages are read is newer than the pages.
  let changed: Set<string> | undefined = new Set();
  const end = store.onCommit(({ documents }, { puts = [], deletes = [] }) => {
    for (const [at, put] of puts.entries()) {
      const document = documents[at];
      if (document === undefined || !isOf(kind, put, document)) continue;
      changed?.add(put.id);
      follower.put(document);
    }
    for (const { kind: gone, id } of deletes) {
      if (gone !== kind) continue;
      changed?.add(id);
      follower.remove(id);
    }
  });
  try {
    for (let after: string | undefined; ; ) {
      const page: readonly DocumentKinds[K][] = await store.list(kind, { limit: pageSize, ...(after !== undefined && { after }) });
      for (const document of page) if (!changed.has(document.id)) follower.put(document);
      after = page.at(-1)?.id;
      if (page.length < pageSize || after === undefined) break;
    }
  } catch (error) {
    end();
    throw error;
  }
  changed = undefined;
  return end;
}
