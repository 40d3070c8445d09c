import { access as reach } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Clock } from "../shared/base/clock.ts";
import type { Log } from "../shared/base/log.ts";
import type { MetricSource } from "../shared/base/metric.ts";
import type { NodeFacts, Resources } from "../shared/console/gateway-ports.ts";
import type { Settings } from "../shared/console/settings.ts";
import { SettingsInvalid } from "../shared/console/settings-invalid.ts";
import type { GatewayStore } from "../shared/twin/store-ports.ts";
import type { ComposedBoards } from "./compose-boards.ts";
import type { AccessRoom } from "./console/access/access-room.ts";
import { ApiServer } from "./console/api/api-server.ts";
import { apiDefaults } from "./console/api/api-settings.ts";
import { directoryBytes } from "./console/node/directory-bytes.ts";
import { readMachine } from "./console/node/machine-facts.ts";
import { MachineNodeFacts } from "./console/node/node-facts.ts";
import type { BoardStanding } from "./platform/board-process.ts";
import type { MemoryLists } from "./platform/lists/memory-lists.ts";
import { ArtifactDirectory } from "./twin/artifacts/artifact-directory.ts";

const consoleFiles = fileURLToPath(new URL("../dist/console", import.meta.url));

export interface ApiParts {
  readonly settings: Settings;
  readonly data: string;
  readonly version: string;
  readonly store: GatewayStore;
  readonly room: AccessRoom;
  readonly lists: MemoryLists;
  readonly resources: Resources;
  readonly boards: ComposedBoards;
  /** How the own board's process stands. */
  readonly standing: () => BoardStanding | undefined;
  readonly sources: readonly MetricSource[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Opens API and console. @throws {SettingsInvalid} {HttpExposed} {HttpCertificateUnusable} {PortTaken} {ListenRefused} */
export async function composeApi(parts: ApiParts, opened: AsyncDisposableStack): Promise<ApiServer> {
  const { settings, data, version, store, room, resources, boards, clock, log } = parts;
  const artifacts = await ArtifactDirectory.open(path.join(data, "artifacts"));
  const node = new MachineNodeFacts({
    id: "gateway",
    version,
    nodeVersion: process.version,
    clock,
    machine: () => readMachine(data),
    dataBytes: () => directoryBytes(data),
    board: () => standingFacts(parts.standing()),
    store: () => ({
      documents: store.count("thing") + store.count("feature"),
      ...(store.repaired !== undefined && { repaired: store.repaired }),
    }),
    problems: () => problemsOf(store, parts.standing()),
  });
  const tls = tlsOf(settings);
  const isBuilt = await reach(path.join(consoleFiles, "index.html")).then(
    () => true,
    () => false,
  );
  return opened.use(
    await ApiServer.open({
      host: settings.httpHost,
      port: settings.httpPort,
      ...(tls !== undefined && { tls }),
      version,
      resources,
      store,
      boards: boards.boards,
      live: boards.feed,
      node,
      artifacts,
      authenticator: room.authenticator,
      sessions: room.sessions,
      accounts: room.accounts,
      access: room.access,
      lists: parts.lists,
      refusals: room.audit,
      metrics: [...parts.sources, artifacts],
      ...(isBuilt && { console: consoleFiles }),
      clock,
      log,
      settings: apiDefaults,
    }),
  );
}

function tlsOf({ httpCertificate, httpKey }: Settings): { readonly certificate: string; readonly key: string } | undefined {
  if (httpCertificate === undefined && httpKey === undefined) return undefined;
  if (httpCertificate === undefined)
    throw new SettingsInvalid("--http-cert", "it is missing", "the certificate that --http-key belongs to");
  if (httpKey === undefined) throw new SettingsInvalid("--http-key", "it is missing", "the key of the certificate of --http-cert");
  return { certificate: path.resolve(httpCertificate), key: path.resolve(httpKey) };
}

function standingFacts(standing: BoardStanding | undefined): NodeFacts["board"] {
  if (standing === undefined) return { state: "starting" };
  const { state, since, pid, restarts, lastEnd } = standing;
  return { state, since, restarts, ...(pid !== undefined && { pid }), ...(lastEnd !== undefined && { lastEnd }) };
}

function problemsOf(store: GatewayStore, standing: BoardStanding | undefined): NodeFacts["problems"] {
  return [
    ...(store.repaired === undefined
      ? []
      : [{ part: "store", text: store.repaired, remedy: "Compare with the newest backup; penstock restore puts one back." }]),
    ...(standing?.state === "failed" || standing?.state === "waiting"
      ? [
          {
            part: "board",
            text: `the own board ended with ${standing.lastEnd ?? "an error"}`,
            remedy: "Read the end of board.log in the data directory.",
          },
        ]
      : []),
  ];
}
