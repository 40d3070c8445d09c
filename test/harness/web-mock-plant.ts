import { createHash } from "node:crypto";
import type { BoardView, StreamState } from "../../shared/twin/documents/board-document.ts";
import type { AuditDocument, EventDocument } from "../../shared/twin/documents/event-document.ts";
import type { OperationDocument } from "../../shared/twin/documents/operation-document.ts";
import type { GrantDocument } from "../../shared/twin/documents/principal-document.ts";
import type { ThingDocument } from "../../shared/twin/documents/thing-document.ts";
import { WebMockStation } from "./web-mock-station.ts";

const minute = 60_000;
const day = 86_400_000;

/** Someone who can log in to the mock. */
export interface MockUser {
  readonly id: string;
  readonly name: string;
  readonly password: string;
  enabled: boolean;
}

const fingerprint = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

const stream = (id: string, now: number, state: StreamState["state"] = "live"): StreamState => ({
  id,
  state,
  cursor: { term: 3, seq: 128_440 },
  newest: { term: 3, seq: state === "live" ? 128_440 : 171_902 },
  remaining: state === "recovering" ? 43_462 : 0,
  ...(state !== "disabled" && { lag: state === "live" ? 240 : state === "recovering" ? 3 * 3_600_000 : now - (now - 42 * minute) }),
  ...(state === "recovering" && { eta: 95_000 }),
  records: 51_200,
  gaps: state === "recovering" ? 1 : 0,
  ...(state === "stale" && { reason: "no answer from the board for 42 min" }),
});

/** All that the mock gateway knows: two pump stations, four boards in different states, some users, events and operations. */
export class WebMockPlant {
  readonly stations: readonly WebMockStation[];
  readonly things: ThingDocument[];
  readonly boards: BoardView[];
  readonly operations: OperationDocument[] = [];
  readonly events: EventDocument[] = [];
  readonly audit: AuditDocument[] = [];
  readonly users: MockUser[] = [
    { id: "ada", name: "Ada Lind", password: "a quiet river at night", enabled: true },
    { id: "vic", name: "Victor Holm", password: "only looking at pumps", enabled: true },
  ];
  readonly grants: GrantDocument[];
  /** Keys by id. */
  readonly keys: { id: string; name: string; owner: string; createdAt: number; updatedAt: number; rev: number; lastUsedAt?: number }[];
  noticesRead = 2;

  constructor(now: number) {
    const stamps = { rev: 1, createdAt: now - 30 * day, updatedAt: now - day };
    this.stations = [
      new WebMockStation({ thing: "pump-station", seed: 7, now }),
      new WebMockStation({ thing: "pump-station-east", seed: 11, now }),
    ];
    const present = { desired: "present", reported: "present", deleting: [] } as const;
    this.things = [
      {
        id: "pump-station",
        kind: "device",
        name: "Simulated pump station",
        labels: { site: "west", line: "a" },
        board: "gateway",
        lifecycle: { ...present, deleting: [] },
        ...stamps,
      },
      {
        id: "pump-station-east",
        kind: "device",
        name: "East lift station",
        description: "Lifts what comes from the harbour district into the main.",
        labels: { site: "east", line: "b" },
        board: "board-east",
        lifecycle: { ...present, deleting: [] },
        ...stamps,
      },
      {
        id: "board-east",
        kind: "board",
        name: "board-east",
        labels: {},
        board: "board-east",
        lifecycle: { ...present, deleting: [] },
        ...stamps,
      },
      { id: "west", kind: "site", name: "West works", labels: {}, lifecycle: { ...present, deleting: [] }, ...stamps },
    ];
    const board = (id: string, state: BoardView["link"]["state"], extra: Partial<BoardView> = {}): BoardView => ({
      id,
      name: id,
      enabled: state !== "disabled",
      labels: {},
      keyFingerprint: fingerprint(id),
      state: state === "discovered" ? "discovered" : "adopted",
      version: "0.1.0",
      link: {
        state,
        since: now - 3 * 3_600_000,
        heardAt: state === "lost" ? now - 42 * minute : now - 2000,
        waitingCommands: 0,
        streams: [],
      },
      ...stamps,
      ...extra,
    });
    const link = (view: BoardView, streams: readonly StreamState[], reason?: string): BoardView => ({
      ...view,
      link: { ...view.link, streams: [...streams], ...(reason !== undefined && { reason }) },
    });
    this.boards = [
      link(board("gateway", "online", { name: "Own board", labels: { site: "west" }, address: "127.0.0.1" }), [
        stream("pump-station", now),
        stream("board", now),
      ]),
      link(board("board-east", "online", { name: "East cabinet", labels: { site: "east", line: "b" }, address: "10.0.4.17" }), [
        stream("pump-station-east", now, "recovering"),
        stream("board", now),
      ]),
      link(
        board("board-north", "lost", { labels: { site: "north" }, address: "10.0.4.31" }),
        [stream("weir", now, "stale"), stream("board", now, "stale")],
        "nothing heard for 42 min",
      ),
      board("board-77a2", "discovered", { address: "10.0.4.52", discoveredAt: now - 6 * minute }),
    ];
    this.grants = [
      { id: "g1", principal: "user:ada", role: "admin", scope: "all", createdBy: "system", ...stamps },
      { id: "g2", principal: "user:vic", role: "viewer", scope: "all", createdBy: "user:ada", ...stamps },
      { id: "g3", principal: "key:k1", role: "viewer", scope: "thing:pump-station", createdBy: "user:ada", ...stamps },
    ];
    this.keys = [{ id: "k1", name: "dashboard in the hall", owner: "ada", lastUsedAt: now - 40_000, ...stamps }];
    this.#begin(now);
  }

  station(thing: string): WebMockStation | undefined {
    return this.stations.find((station) => station.thing === thing);
  }

  /** Notes something that happened. */
  happen(event: Omit<EventDocument, "seq">): EventDocument {
    const made = { seq: this.events.length + 1, ...event };
    this.events.push(made);
    return made;
  }

  note(line: Omit<AuditDocument, "seq" | "prev" | "hash">): void {
    const prev = this.audit.at(-1)?.hash ?? "0".repeat(64);
    const body = { seq: this.audit.length + 1, prev, ...line };
    this.audit.push({ ...body, hash: createHash("sha256").update(JSON.stringify(body)).digest("hex") });
  }

  #begin(now: number): void {
    const at = (minutes: number): number => now - minutes * minute;
    const from = { actor: "system" } as const;
    this.happen({
      ...from,
      at: at(1400),
      type: "thing.created",
      kind: "thing",
      id: "pump-station",
      thing: "pump-station",
      severity: "info",
      rev: 1,
      after: "3f2a".repeat(16),
    });
    this.happen({
      ...from,
      at: at(300),
      type: "board.adopted",
      kind: "board",
      id: "board-east",
      severity: "notice",
      text: "Board board-east was adopted by ada",
      actor: "user:ada",
    });
    this.happen({
      ...from,
      at: at(180),
      type: "thing.updated",
      kind: "thing",
      id: "pump-station-east",
      thing: "pump-station-east",
      severity: "info",
      rev: 2,
      mask: ["labels", "name"],
      before: "91bc".repeat(16),
      after: "aa07".repeat(16),
      actor: "user:ada",
    });
    this.happen({
      ...from,
      at: at(120),
      type: "board.recovering",
      kind: "board",
      id: "board-east",
      severity: "notice",
      text: "Board board-east is back and brings 43,462 older records",
    });
    this.happen({
      ...from,
      at: at(42),
      type: "board.lost",
      kind: "board",
      id: "board-north",
      severity: "warning",
      text: "Board board-north was lost: nothing heard for 30 s",
    });
    this.happen({
      ...from,
      at: at(21),
      type: "feature.error",
      kind: "feature",
      id: "pump-station-east/stop-level",
      thing: "pump-station-east",
      severity: "alarm",
      text: "pump-station-east: stop-level 2.4 m was refused by the device",
    });
    this.happen({
      ...from,
      at: at(6),
      type: "board.discovered",
      kind: "board",
      id: "board-77a2",
      severity: "notice",
      text: "Board board-77a2 said hello from 10.0.4.52 and waits for adoption",
    });
    const east = this.station("pump-station-east");
    const failed = east?.features.findIndex(({ id }) => id === "stop-level") ?? -1;
    const feature = east?.features[failed];
    if (east !== undefined && feature !== undefined)
      east.features[failed] = {
        ...feature,
        desired: { value: 2.4 },
        desiredRev: 1,
        reconcile: {
          attempts: 1,
          error: { code: "EDGE_WRITE_REFUSED", message: "the device refused the value (illegal data value)", since: at(21), desiredRev: 1 },
        },
      };
    this.operations.push({
      id: "op-1",
      type: "feature.write",
      target: { thing: "pump-station-east", feature: "stop-level" },
      board: "board-east",
      cmdSeq: 12,
      desiredRev: 1,
      input: { value: 2.4 },
      state: "rejected",
      error: { code: "EDGE_WRITE_REFUSED", message: "the device refused the value (illegal data value)" },
      deadline: at(20),
      createdBy: "user:ada",
      history: [
        { state: "pending", at: at(21) },
        { state: "rejected", at: at(21) },
      ],
      rev: 3,
      createdAt: at(21),
      updatedAt: at(21),
    });
    this.note({
      at: at(300),
      actor: "user:ada",
      via: "console",
      address: "127.0.0.1",
      action: "board:create",
      kind: "board",
      id: "board-east",
      outcome: "done",
      before: 1,
      after: 2,
    });
    this.note({
      at: at(90),
      actor: "user:vic",
      via: "console",
      address: "127.0.0.1",
      action: "feature.desired:update",
      kind: "feature",
      id: "pump-station/pump-1",
      outcome: "refused",
      code: "EDGE_FORBIDDEN",
    });
    this.note({
      at: at(21),
      actor: "user:ada",
      via: "console",
      address: "127.0.0.1",
      action: "feature.desired:update",
      kind: "feature",
      id: "pump-station-east/stop-level",
      outcome: "done",
      mask: ["desired"],
      before: 1,
      after: 2,
    });
  }
}
