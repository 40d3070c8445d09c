import { isJsonObject, type JsonObject } from "../../shared/base/json.ts";
import { endStates } from "../../shared/twin/resources/operation-machine.ts";
import type { GatewayLoad } from "./gateway-load.ts";
import { type GatewayPlant, thingOf } from "./gateway-plant.ts";
import type { GatewayWitness } from "./gateway-witness.ts";
import type { RunningGateway } from "./running-gateway.ts";

/** What was promised and is not so, one sentence each. */
export interface GatewayFaults {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly disordered: readonly string[];
  /** Readings that are kept. */
  readonly records: number;
}

const pageSize = 500;
const ended: ReadonlySet<unknown> = new Set(endStates);

export const itemsOf = (page: JsonObject): readonly JsonObject[] =>
  Array.isArray(page["items"]) ? page["items"].filter(isJsonObject) : [];

/** All items of a list, page by page. @param target with a query, but without a cursor */
export async function listAll(gateway: RunningGateway, target: string): Promise<readonly JsonObject[]> {
  const all: JsonObject[] = [];
  for (let cursor = ""; ; ) {
    const page = await gateway.ask("GET", `${target}${cursor}`);
    for (const item of itemsOf(page)) all.push(item);
    const next = page["cursor"];
    if (typeof next !== "string") return all;
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
}

/** All readings of all features of a board's unit. */
export async function readingsOf(gateway: RunningGateway, board: string): Promise<readonly JsonObject[]> {
  const thing = thingOf(board);
  const all: JsonObject[] = [];
  for (const { id } of itemsOf(await gateway.ask("GET", `/api/v1/things/${thing}/features?limit=${pageSize}`)))
    all.push(
      ...(await listAll(gateway, `/api/v1/records?thing=${thing}&feature=${String(id)}&from=0&to=${Date.now() + 3_600_000}&limit=5000`)),
    );
  return all;
}

/** Waits until what was promised is brought to its end; @returns what is not after `patience` milliseconds */
export async function settle(
  plant: GatewayPlant,
  load: GatewayLoad,
  witness: GatewayWitness,
  patience: number,
): Promise<readonly string[]> {
  const deadline = Date.now() + patience;
  const places = new Map(plant.boards.map((board) => [board, witness.acked(board)]));
  for (;;) {
    const open = await whatIsOpen(plant, load, places);
    if (open.length === 0) return [];
    if (Date.now() > deadline) return open;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function whatIsOpen(plant: GatewayPlant, load: GatewayLoad, places: ReadonlyMap<string, number>): Promise<readonly string[]> {
  const { gateway } = plant;
  const open: string[] = [];
  for (const board of plant.boards) {
    const view = await gateway.ask("GET", `/api/v1/boards/${board}`);
    const link = isJsonObject(view["link"]) ? view["link"] : {};
    const streams = Array.isArray(link["streams"]) ? link["streams"].filter(isJsonObject) : [];
    if (link["state"] !== "online" || streams.length === 0 || streams.some(({ state }) => state !== "live"))
      open.push(
        `${board} is ${String(link["state"])}, with streams ${streams.map(({ id, state }) => `${String(id)} ${String(state)}`).join()}`,
      );
    const feature = await gateway.ask("GET", `/api/v1/things/${thingOf(board)}/features/wish`);
    const desired = isJsonObject(feature["desired"]) ? feature["desired"]["value"] : undefined;
    const reported = isJsonObject(feature["reported"]) ? feature["reported"]["value"] : undefined;
    if (load.wished.has(board) && reported !== desired)
      open.push(
        `${board} shall be ${String(desired)} and is ${String(reported)}: ${JSON.stringify(feature["status"] ?? {}).slice(0, 200)}`,
      );
    if (places.get(board) === undefined) open.push(`${board} was not heard of`);
  }
  for (const state of ["pending", "queued", "sent", "accepted", "running", "uncertain", "cancelling"]) {
    const { total } = await gateway.ask("GET", `/api/v1/operations?state=${state}&limit=1`);
    if (total !== 0) open.push(`${String(total)} operations are ${state}`);
  }
  return open;
}

/** Compares what is there with what was promised. */
export async function checkPromises(plant: GatewayPlant, load: GatewayLoad, witness: GatewayWitness): Promise<GatewayFaults> {
  const faults = { lost: [] as string[], doubled: [] as string[], disordered: [...witness.faults], records: 0 };
  for (const board of plant.boards) faults.records += await checkReadings(plant, board, witness, faults);
  await checkOperations(plant, load, faults);
  await checkDocuments(plant, load, faults);
  await checkEvents(plant.gateway, faults);
  const audit = await plant.gateway.ask("GET", "/api/v1/audit/verify");
  if (audit["ok"] !== true) faults.disordered.push(`the audit log is not sound: ${JSON.stringify(audit)}`);
  return faults;
}

export interface PromiseFaults {
  readonly lost: string[];
  readonly doubled: string[];
  readonly disordered: string[];
}

/** Compares the readings of one board with what it was told is kept. @returns how many are kept */
export async function checkReadings(
  plant: GatewayPlant,
  board: string,
  witness: GatewayWitness,
  { lost, doubled }: PromiseFaults,
): Promise<number> {
  const promised = witness.promised(board);
  const kept = new Set<number>();
  const end = witness.acked(board);
  const readings = await readingsOf(plant.gateway, board);
  for (const reading of readings) {
    const seq = Number(reading["seq"]);
    if (kept.has(seq)) doubled.push(`record ${seq} of ${board}`);
    kept.add(seq);
  }
  for (const seq of promised) if (!kept.has(seq)) lost.push(`record ${seq} of ${board}, which it was told is kept`);
  // Numbers run on over all terms, and each start of a board takes one for itself.
  const order = [...kept].sort((a, b) => a - b);
  for (const [at, seq] of order.entries()) {
    const before = order[at - 1] ?? seq;
    if (seq <= end && seq - before > 2 && !allOthers(witness, board, before + 1, seq))
      lost.push(`records ${before + 1} to ${seq - 1} of ${board}`);
  }
  return readings.length;
}

function allOthers(witness: GatewayWitness, board: string, from: number, to: number): boolean {
  for (let seq = from; seq < to; seq += 1) if (!witness.isOther(board, seq)) return false;
  return true;
}

async function checkOperations(
  { gateway, devices }: GatewayPlant,
  load: GatewayLoad,
  { lost, doubled, disordered }: PromiseFaults,
): Promise<void> {
  const kept = new Map((await listAll(gateway, `/api/v1/operations?limit=${pageSize}`)).map((one) => [one["id"], one]));
  const keys = new Set<unknown>();
  for (const { id, idempotencyKey, state, history } of kept.values()) {
    if (idempotencyKey !== undefined && keys.has(idempotencyKey)) doubled.push(`operation ${String(idempotencyKey)}`);
    keys.add(idempotencyKey);
    const ends = (Array.isArray(history) ? history : []).filter((move) => isJsonObject(move) && ended.has(move["state"])).length;
    if (ended.has(state) && ends !== 1) disordered.push(`operation ${String(id)} ended ${ends} times`);
  }
  for (const { id, board, value } of load.operations) {
    const operation = kept.get(id);
    const writes = devices.get(board)?.commands.filter((one) => one === value).length ?? 0;
    if (writes > 1) doubled.push(`the effect of operation ${value} of ${board}, ${writes} times`);
    if (operation === undefined) lost.push(`operation ${id}`);
    else if (operation["state"] === "succeeded" && writes === 0) lost.push(`the effect of operation ${value} of ${board}`);
    else if (operation["state"] === "rejected" || operation["state"] === "expired") lost.push(`operation ${id} is ${operation["state"]}`);
  }
}

async function checkDocuments({ gateway }: GatewayPlant, load: GatewayLoad, { lost }: PromiseFaults): Promise<void> {
  const things = new Set((await listAll(gateway, `/api/v1/things?limit=${pageSize}`)).map(({ id }) => id));
  for (const id of load.things) if (!things.has(id)) lost.push(`thing ${id}`);
  for (const [board, value] of load.wished) {
    const { desired } = await gateway.ask("GET", `/api/v1/things/${thingOf(board)}/features/wish`);
    const found = isJsonObject(desired) ? Number(desired["value"]) : Number.NaN;
    if (!(found >= value && found <= (load.asked.get(board) ?? 0))) lost.push(`desired ${value} of ${board}: it is ${found}`);
  }
}

/** Numbers of events have no hole, and none tells of a loss. */
async function checkEvents(gateway: RunningGateway, { lost, disordered }: PromiseFaults): Promise<void> {
  let last = 0;
  for (;;) {
    const items = itemsOf(await gateway.ask("GET", `/api/v1/events?after=${last}&limit=${pageSize}`));
    if (items.length === 0) return;
    for (const { seq, type, text } of items) {
      if (seq !== last + 1) disordered.push(`event ${String(seq)} behind ${last}`);
      last = Number(seq);
      if (String(type).startsWith("stream.")) lost.push(`${String(type)}: ${String(text)}`);
    }
  }
}
