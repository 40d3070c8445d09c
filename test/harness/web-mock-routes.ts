import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { FeatureOfThing } from "../../shared/twin/documents/feature-of-thing-document.ts";
import type { OperationDocument } from "../../shared/twin/documents/operation-document.ts";
import { accessRoute, sessionRoute } from "./web-mock-access.ts";
import { everybody, type MockAnswer, type MockCall, MockRefusal, need, page, text } from "./web-mock-call.ts";

function featureOf(
  call: MockCall,
  thing: string,
  id: string,
): { readonly list: FeatureOfThing[]; readonly at: number; readonly feature: FeatureOfThing } {
  const station = call.gateway.plant.station(thing);
  const at = station?.features.findIndex((feature) => feature.id === id) ?? -1;
  const feature = station?.features[at];
  if (station === undefined || feature === undefined) throw new MockRefusal(404, "EDGE_NOT_FOUND", `there is no feature ${thing}/${id}`);
  return { list: station.features, at, feature: fresh(call, feature) };
}

function fresh({ gateway }: MockCall, feature: FeatureOfThing): FeatureOfThing {
  const value = gateway.plant.station(feature.thing)?.value(feature.id);
  return { ...feature, reported: { value, quality: "good", source: Date.now(), received: Date.now() } };
}

function writeFeature(call: MockCall, thing: string, id: string): MockAnswer {
  const user = need(call, "feature.desired:update", "operator", "engineer", "admin");
  const { list, at, feature } = featureOf(call, thing, id);
  const { desired } = call.body;
  if (typeof desired !== "object") throw new MockRefusal(400, "EDGE_RESOURCE_INVALID", "desired is missing");
  const { desired: _before, ...rest } = feature;
  const now: FeatureOfThing = {
    ...(desired === null ? rest : feature),
    ...(desired !== null && { desired: { ...desired } }),
    desiredRev: feature.desiredRev + 1,
    rev: feature.rev + 1,
  };
  list[at] = now;
  const actor = `user:${user.id}`;
  call.gateway.tell({
    at: Date.now(),
    type: "feature.updated",
    kind: "feature",
    id: `${thing}/${id}`,
    thing,
    actor,
    severity: "info",
    mask: ["desired"],
  });
  if (now.desired !== undefined) begin(call, { thing, feature: id }, now.desired, actor, now.desiredRev);
  return { body: now };
}

function begin(
  call: MockCall,
  target: OperationDocument["target"],
  input: unknown,
  createdBy: string,
  desiredRev?: number,
): OperationDocument {
  const at = Date.now();
  const operation: OperationDocument = {
    id: `op-${call.gateway.plant.operations.length + 1}`,
    type: "feature.write",
    target,
    board: "gateway",
    ...(desiredRev !== undefined && { desiredRev }),
    input,
    state: "pending",
    deadline: at + 60_000,
    createdBy,
    history: [{ state: "pending", at }],
    rev: 1,
    createdAt: at,
    updatedAt: at,
  };
  call.gateway.plant.operations.unshift(operation);
  call.gateway.carryOut(operation);
  return operation;
}

function thingsRoute(call: MockCall): MockAnswer | undefined {
  const { gateway, method, path, query } = call;
  const { things, stations } = gateway.plant;
  const steps = path.split("/").slice(1).map(decodeURIComponent);
  if (steps[0] === "features") {
    const filter = query.get("filter") ?? "";
    const all = stations.flatMap(({ features }) => features.map((feature) => fresh(call, feature)));
    const quality = /quality == "(\w+)"/.exec(filter)?.[1];
    return page(
      quality === undefined
        ? all.filter(({ thing }) => filter.includes(`"${thing}"`))
        : all.filter(({ reported }) => reported?.["quality"] === quality),
    );
  }
  if (steps[0] !== "things") return undefined;
  const [, id, part, feature, act] = steps;
  if (id === undefined) {
    const filter = query.get("filter") ?? "";
    const word = /id\.contains\("([^"]*)"\)/.exec(filter)?.[1] ?? "";
    const board = /board == "([^"]*)"/.exec(filter)?.[1];
    return page(
      things.filter((thing) => (thing.id.includes(word) || thing.name.includes(word)) && (board === undefined || thing.board === board)),
    );
  }
  const at = things.findIndex((thing) => thing.id === id);
  const thing = things[at];
  if (thing === undefined) throw new MockRefusal(404, "EDGE_NOT_FOUND", `there is no thing "${id}"`);
  if (part === "members") return page(things.filter(({ labels }) => labels["site"] === id));
  if (part === "features" && feature === undefined)
    return page((gateway.plant.station(id)?.features ?? []).map((known) => fresh(call, known)));
  if (part === "features" && feature !== undefined) {
    if (act === "retry" || method === "PATCH")
      return writeFeature(
        act === "retry" ? { ...call, body: { desired: featureOf(call, id, feature).feature.desired } } : call,
        id,
        feature,
      );
    return { body: featureOf(call, id, feature).feature };
  }
  if (method === "PATCH") {
    const user = need(call, "thing:update", "engineer", "admin");
    const name = text(call.body["name"]);
    if (name === "")
      throw new MockRefusal(400, "EDGE_RESOURCE_INVALID", "the thing is wrong", [
        { path: "/body/name", message: "is empty", expected: "a name" },
      ]);
    things[at] = { ...thing, name, rev: thing.rev + 1 };
    gateway.tell({
      at: Date.now(),
      type: "thing.updated",
      kind: "thing",
      id,
      thing: id,
      actor: `user:${user.id}`,
      severity: "info",
      mask: ["name"],
    });
  }
  return { body: things[at] };
}

function boardsRoute(call: MockCall): MockAnswer | undefined {
  const { gateway, method, path, body } = call;
  const { boards } = gateway.plant;
  const [first, id, act] = path.split("/").slice(1).map(decodeURIComponent);
  if (first !== "boards") return undefined;
  if (id === undefined) return page(boards);
  const at = boards.findIndex((board) => board.id === id);
  const board = boards[at];
  if (board === undefined) throw new MockRefusal(404, "EDGE_NOT_FOUND", `there is no board "${id}"`);
  if (method === "GET") return { body: board };
  const user = need(call, "board:update", "engineer", "admin");
  const changed = (type: string, words: string): void =>
    gateway.tell({ at: Date.now(), type, kind: "board", id, actor: `user:${user.id}`, severity: "notice", text: words });
  if (act === "credentials") return { status: 201, body: { username: `board:${id}`, password: randomBytes(18).toString("base64url") } };
  if (act === "adopt") {
    const adopted = {
      ...board,
      state: "adopted" as const,
      name: text(body["name"]) || id,
      rev: board.rev + 1,
      link: { ...board.link, state: "online" as const, since: Date.now() },
    };
    boards[at] = adopted;
    changed("board.adopted", `Board ${id} was adopted by ${user.id}`);
    return { body: adopted };
  }
  if (method === "DELETE") {
    boards.splice(at, 1);
    changed("board.deleted", `Board ${id} was forgotten by ${user.id}`);
    return {};
  }
  const enabled = typeof body["enabled"] === "boolean" ? body["enabled"] : board.enabled;
  boards[at] = {
    ...board,
    enabled,
    name: text(body["name"]) || board.name,
    rev: board.rev + 1,
    link: { ...board.link, state: enabled ? "online" : "disabled" },
  };
  changed("board.updated", `Board ${id} was changed by ${user.id}`);
  return { body: boards[at] };
}

function nodeFacts(now: number): object {
  return {
    id: "gateway",
    version: "0.1.0",
    hostname: hostname(),
    os: "Linux 6.1",
    arch: "x64",
    node: process.version,
    startedAt: now - 7_400_000,
    cpus: 4,
    cpu: 0.23,
    ownCpu: 0.06,
    load: [0.4, 0.52, 0.61],
    memory: { total: 8_100_000_000, free: 5_300_000_000, own: 118_000_000 },
    disk: { total: 64_000_000_000, free: 6_400_000_000, data: 2_310_000_000 },
    addresses: ["10.0.4.2"],
    clock: { now, synchronised: true },
    board: { state: "running", pid: 4312, version: "0.1.0", uptime: 7_390_000, restarts: 0, rss: 61_000_000 },
    store: { documents: 142, bytes: 48_300_000, events: 9120, commits: 88_213 },
    problems: [
      {
        part: "disk",
        text: "10 % of the disk is free",
        remedy: "Shorten the retention of the history, or give the data directory more room.",
      },
    ],
  };
}

function restRoute(call: MockCall): MockAnswer | undefined {
  const { gateway, method, path, query, body } = call;
  const { boards, things, stations, events, operations } = gateway.plant;
  const number = (name: string, otherwise: number): number => Number(query.get(name) ?? otherwise);
  if (path === "/overview") {
    const count = (state: string): number => boards.filter(({ link }) => link.state === state).length;
    const good = stations.reduce((sum, { features }) => sum + features.length, 0);
    return {
      body: {
        boards: {
          total: boards.length - count("discovered"),
          online: count("online"),
          lost: count("lost"),
          discovered: count("discovered"),
        },
        things: things.length,
        features: good,
        qualities: { good, uncertain: 1, bad: 0, stale: 4 },
        alarms: events.filter(({ severity }) => severity === "alarm"),
        operations: {
          open: operations.filter(({ state }) => state === "queued" || state === "sent").length,
          failed: operations.filter(({ state }) => state === "rejected").length,
        },
      },
    };
  }
  if (path === "/records/buckets") {
    const station = gateway.plant.station(query.get("thing") ?? "");
    return {
      body: station?.buckets(query.get("feature") ?? "", number("from", 0), number("to", 0), number("buckets", 500)) ?? {
        width: 1000,
        buckets: [],
      },
    };
  }
  if (path === "/events") {
    const items = events.filter(({ seq }) => seq > number("after", 0)).slice(0, number("limit", 50));
    return { body: { items, oldest: 1, newest: events.length, next: items.at(-1)?.seq ?? events.length } };
  }
  if (path === "/notices") {
    const items = events.filter(({ severity }) => severity !== "info").reverse();
    const read = gateway.plant.noticesRead;
    return { body: { unread: items.filter(({ seq }) => seq > read).length, read, items: items.slice(0, number("limit", 50)) } };
  }
  if (path === "/notices/read") {
    gateway.plant.noticesRead = Number(body["seq"]);
    return {};
  }
  if (path === "/node") return { body: nodeFacts(Date.now()) };
  if (path === "/operations" && method === "POST") {
    const user = need(call, "operation:create", "operator", "engineer", "admin");
    const target = body["target"];
    if (typeof target !== "object" || target === null || !("thing" in target) || !("feature" in target))
      throw new MockRefusal(400, "EDGE_RESOURCE_INVALID", "there is no target");
    return {
      status: 201,
      body: begin(call, { thing: text(target.thing), feature: text(target.feature) }, body["input"], `user:${user.id}`),
    };
  }
  if (path === "/operations") return page(operations);
  const operation = operations.find(({ id }) => path === `/operations/${id}`);
  return operation === undefined ? undefined : { body: operation };
}

/** Answers one request of the console. @throws {MockRefusal} */
export function answerMock(call: MockCall): MockAnswer {
  const session = sessionRoute(call);
  if (session !== undefined) return session;
  need(call, "thing:read", ...everybody);
  const found = thingsRoute(call) ?? boardsRoute(call) ?? accessRoute(call) ?? restRoute(call);
  if (found === undefined) throw new MockRefusal(404, "EDGE_NOT_FOUND", `there is nothing at ${call.path}`);
  return found;
}
