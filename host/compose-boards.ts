import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "../shared/base/clock.ts";
import { isJsonObject } from "../shared/base/json.ts";
import type { Log } from "../shared/base/log.ts";
import type { MetricSource } from "../shared/base/metric.ts";
import type { Access, Actor } from "../shared/twin/access/access-ports.ts";
import type { RefusalLog } from "../shared/twin/access/audit-port.ts";
import type { GatewayStore } from "../shared/twin/store-ports.ts";
import { accountOfBoard, BoardCredentials } from "./broker/accounts/board-credentials.ts";
import { hashPassword } from "./broker/accounts/hash-password.ts";
import { gatewayAccount, MqttAccounts } from "./broker/accounts/mqtt-accounts.ts";
import { BoardRegistry } from "./broker/coordinator/board-registry.ts";
import { Coordinator } from "./broker/coordinator/coordinator.ts";
import { GatewayBoards } from "./broker/coordinator/gateway-boards.ts";
import { LiveReadings } from "./broker/feed/live-readings.ts";
import { GatewayLinkStore } from "./broker/link-store/gateway-link-store.ts";
import { MqttBoardTransport } from "./broker/transport/board-transport-mqtt.ts";
import { ownerOnly, writeFileAtomic } from "./platform/write-file-atomic.ts";

const system: Actor = { id: "system", type: "system", via: "system" };
/** What a board is called whose configuration gives it no name. */
const defaultBoard = "board";

export interface BoardsParts {
  readonly store: GatewayStore;
  readonly access: Access;
  readonly refusals: RefusalLog;
  readonly data: string;
  /** Configuration of the own board. */
  readonly config: string;
  /** Where the broker of the own board listens now; `undefined` while it does not. */
  readonly broker: () => string | undefined;
  /** Has the own board read its accounts again. */
  readonly reload: () => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

/** The boards of the gateway with everything between them and the store. */
export interface ComposedBoards {
  readonly boards: GatewayBoards;
  readonly coordinator: Coordinator;
  readonly feed: LiveReadings;
  /** The file that tells the own board how to sign in at its own broker. */
  readonly ownGateway: string;
  readonly sources: readonly MetricSource[];
}

/** Opens them; nothing is dialled before the broker listens. */
export async function composeBoards(parts: BoardsParts, opened: AsyncDisposableStack): Promise<ComposedBoards> {
  const { store, access, refusals, data, clock, log, random } = parts;
  const feed = new LiveReadings({ history: store.history, clock });
  const links = await GatewayLinkStore.open({ store, listener: feed, clock, log });
  opened.defer(() => links.close());
  const credentials = new BoardCredentials({ store, hash: hashPassword });
  let coordinator: Coordinator | undefined;
  const registry = await BoardRegistry.open({
    store,
    file: path.join(data, "boards.json"),
    access,
    refusals,
    clock,
    log,
    changed: (id, now, before) => coordinator?.changed(id, now, before),
  });
  opened.defer(() => registry.close());
  const own = await ownBoard(parts.config);
  if (registry.get(own)?.state !== "adopted") await registry.create(system, { id: own });
  const ownGateway = await signIn(own, data, credentials);
  const accounts = opened.use(
    await MqttAccounts.open({
      store,
      access,
      credentials,
      directory: data,
      hash: hashPassword,
      reload: async () => parts.reload(),
      clock,
      log,
      random,
    }),
  );
  const transport = new MqttBoardTransport({
    url: parts.broker,
    username: gatewayAccount,
    passwordFile: accounts.passwordFile(),
    clock,
    log,
    random,
  });
  coordinator = opened.use(Coordinator.open({ registry, links, transport, feed, clock, log }));
  const boards = new GatewayBoards({ registry, coordinator, credentials });
  return { boards, coordinator, feed, ownGateway, sources: [boards, links, transport, feed, accounts] };
}

/** What the own board calls itself: a configuration that cannot be read is for the board to complain of. */
async function ownBoard(file: string): Promise<string> {
  try {
    const config: unknown = JSON.parse(await readFile(file, "utf8"));
    const id = isJsonObject(config) ? config["id"] : undefined;
    return typeof id === "string" ? id : defaultBoard;
  } catch {
    return defaultBoard;
  }
}

/** Gives the own board an account at its own broker, where it has none or its password is lost. @returns the file that says which */
async function signIn(board: string, data: string, credentials: BoardCredentials): Promise<string> {
  const file = path.join(data, "own-gateway.json");
  const passwordFile = path.join(data, "own-board.password");
  const known = (await readFile(file, "utf8").catch(() => "")).includes(JSON.stringify(accountOfBoard(board)));
  const password = await readFile(passwordFile, "utf8").catch(() => "");
  if (!known || password === "" || !(await credentials.hashes()).has(board))
    await writeFileAtomic(passwordFile, `${(await credentials.issue(system, board)).password}\n`, ownerOnly);
  await writeFileAtomic(file, `${JSON.stringify({ username: accountOfBoard(board), passwordFile: "own-board.password" })}\n`);
  return file;
}
