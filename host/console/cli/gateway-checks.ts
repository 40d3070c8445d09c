import { isJsonObject, type JsonObject, type JsonValue } from "../../../shared/base/json.ts";
import { GatewayRefused, GatewayUnreachable } from "./cli-errors.ts";
import { type DoctorCheck, type Finding, fail, ok, skip, warn } from "./doctor-check.ts";
import type { GatewayClient } from "./gateway-client.ts";

const textOf = (value: JsonValue | undefined): string => (typeof value === "string" ? value : JSON.stringify(value ?? null));

/** The gateway answers and lets this account in. */
export function gatewayCheck(client: () => Promise<GatewayClient>): DoctorCheck {
  const part = "gateway";
  return {
    part,
    async look() {
      const gateway = await client();
      try {
        const health = await gateway.get("/health");
        const status = isJsonObject(health) ? health["status"] : undefined;
        return status === "ok"
          ? ok(part, `${gateway.url} is well`)
          : warn(
              part,
              `${gateway.url} says it is ${textOf(status)}`,
              "The lines below and the node page of the console say what is wrong.",
            );
      } catch (error) {
        if (error instanceof GatewayUnreachable)
          return fail(part, error.message, "Start it with npm start, or name its address with --url.");
        throw error;
      }
    },
  };
}

/** What the gateway says of itself: store, own board, disk, clock. */
export function nodeCheck(client: () => Promise<GatewayClient>): DoctorCheck {
  const part = "node";
  return {
    part,
    async look() {
      const facts = await asked(part, async () => (await client()).get("/api/v1/node"));
      if ("state" in facts) return facts;
      const { board, store, problems } = facts.value;
      const findings: Finding[] = [];
      const standing = isJsonObject(board) ? board["state"] : undefined;
      findings.push(
        standing === "running"
          ? ok("board", "the own board runs")
          : fail("board", `the own board is ${textOf(standing)}`, "Read the end of board.log in the data directory."),
      );
      const repaired = isJsonObject(store) ? store["repaired"] : undefined;
      findings.push(
        typeof repaired === "string"
          ? warn("store", repaired, "Compare with the newest backup; penstock restore puts one back.")
          : ok("store", isJsonObject(store) && typeof store["documents"] === "number" ? `${store["documents"]} documents` : "sound"),
      );
      for (const problem of Array.isArray(problems) ? problems : [])
        if (isJsonObject(problem))
          findings.push(warn(textOf(problem["part"]), textOf(problem["text"]), textOf(problem["remedy"] ?? "See the node page.")));
      return findings;
    },
  };
}

/** Links of all boards. */
export function linkCheck(client: () => Promise<GatewayClient>): DoctorCheck {
  const part = "link";
  return {
    part,
    async look() {
      const page = await asked(part, async () => (await client()).get("/api/v1/boards", { limit: 500 }));
      if ("state" in page) return page;
      const { items } = page.value;
      const boards = Array.isArray(items) ? items.filter(isJsonObject) : [];
      const inState = (...states: readonly string[]): readonly JsonObject[] =>
        boards.filter(({ link }) => isJsonObject(link) && states.includes(textOf(link["state"])));
      const names = (list: readonly JsonObject[]): string => list.map(({ id }) => id).join(", ");
      const findings: Finding[] = [];
      const bad = inState("failed", "fenced");
      if (bad.length > 0) findings.push(fail(part, `failed: ${names(bad)}`, "penstock boards BOARD says why."));
      const lost = inState("lost");
      if (lost.length > 0)
        findings.push(warn(part, `not heard of: ${names(lost)}`, "Look at their power and network; they keep what they measure."));
      const unknown = inState("discovered");
      if (unknown.length > 0)
        findings.push(warn(part, `wait to be adopted: ${names(unknown)}`, "penstock adopt BOARD, when they are yours."));
      return findings.length > 0 ? findings : [ok(part, `${inState("online").length} of ${boards.length} boards are online`)];
    },
  };
}

/** The own board's health endpoint: scheduler, broker, lines and sensors. */
export function boardHealthCheck(url: string, get: typeof fetch): DoctorCheck {
  const part = "broker";
  return {
    part,
    async look() {
      const answer = await get(`${url}/health`, { signal: AbortSignal.timeout(3000) }).catch(() => undefined);
      if (answer === undefined) return skip(part, `no board answers at ${url}`);
      const health: unknown = JSON.parse(await answer.text());
      const status = isJsonObject(health) ? textOf(health["state"]) : "unreadable";
      return status === "ok"
        ? ok(part, "broker, scheduler and lines of the own board are well")
        : warn(part, `the own board says it is ${status}`, `curl ${url}/health says which part.`);
    },
  };
}

/** What a question came to when the account may not ask it, or nobody is there. */
async function asked(part: string, ask: () => Promise<JsonValue>): Promise<{ readonly value: JsonObject } | Finding> {
  try {
    const value = await ask();
    return { value: isJsonObject(value) ? value : {} };
  } catch (error) {
    if (error instanceof GatewayUnreachable) return skip(part, "the gateway does not answer");
    if (error instanceof GatewayRefused && error.status === 401) return skip(part, "not logged in; penstock login");
    if (error instanceof GatewayRefused && error.status === 403) return skip(part, "this account may not ask");
    throw error;
  }
}
