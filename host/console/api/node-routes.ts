import type { Clock } from "../../../shared/base/clock.ts";
import type { MetricSource } from "../../../shared/base/metric.ts";
import { metricsText } from "../../../shared/base/metrics-text.ts";
import type { nodeRoutes } from "../../../shared/console/api/node-api.ts";
import type { NodeSource } from "../../../shared/console/gateway-ports.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import type { Accounts } from "./accounts.ts";
import { type ApiCall, answered, type Handlers } from "./api-call.ts";
import type { ApiDocs } from "./api-docs.ts";
import { AlreadyUnderWay } from "./api-errors.ts";
import type { PlantOverview } from "./plant-overview.ts";
import type { SecurityHeaders } from "./security-headers.ts";
import { sendBytes } from "./send-bytes.ts";

export interface NodeParts {
  readonly node: NodeSource;
  readonly store: GatewayStore;
  readonly accounts: Accounts;
  readonly overview: PlantOverview;
  readonly metrics: readonly MetricSource[];
  readonly docs: ApiDocs;
  readonly clock: Clock;
  readonly headers: SecurityHeaders;
}

/** Anybody may ask for health: it is looked at so often and no more, milliseconds. */
const healthFor = 1000;

export function nodeHandlers({ node, store, accounts, overview, metrics, docs, clock, headers }: NodeParts): Handlers<typeof nodeRoutes> {
  let health: { readonly at: number; readonly answer: Promise<{ readonly status: "ok" | "degraded" }> } | undefined;
  let backingUp = false;

  const send = (call: ApiCall, type: string, text: string, more: Readonly<Record<string, string>>): typeof answered => {
    call.reply.headers(more).type(type).send(text);
    return answered;
  };

  async function lookAtHealth(): Promise<{ readonly status: "ok" | "degraded" }> {
    const { problems } = await node.facts(new AbortController().signal);
    return { status: problems.length === 0 ? "ok" : "degraded" };
  }

  function sendBackup(call: ApiCall): Promise<typeof answered> {
    const name = `penstock-${new Date(clock.wall()).toISOString().slice(0, 19).replaceAll(/[:T]/g, "-")}.backup`;
    const about = {
      ...headers.data,
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${name}"`,
    };
    return sendBytes(call, about, store.backupStream(call.stop));
  }

  return {
    getHealth: () => {
      const now = clock.monotonic();
      if (health === undefined || now - health.at >= healthFor) health = { at: now, answer: lookAtHealth() };
      return health.answer;
    },
    getMetrics: (call) =>
      send(call, "text/plain; version=0.0.4; charset=utf-8", metricsText(metrics.flatMap((source) => source.metrics())), headers.data),
    getOpenApi: async (call) => send(call, "application/json; charset=utf-8", await docs.openApi(), headers.data),
    getDocs: async (call) => {
      const { html, style } = await docs.page();
      return send(call, "text/html; charset=utf-8", html, headers.plain(style));
    },
    getNode: (call) => node.facts(call.stop),
    getOverview: (call) => overview.of(call.actor, call.stop),
    getBackup: async (call) => {
      if (backingUp) throw new AlreadyUnderWay("a backup");
      backingUp = true;
      try {
        return await sendBackup(call);
      } finally {
        backingUp = false;
      }
    },
    listAudit: async (call, { query: { after, limit = 50, order } }) => {
      const reverse = order === "desc";
      const items = await accounts.listAudit(call.actor, { limit, reverse, ...(after !== undefined && { after }) }, call.stop);
      const last = items.length === limit ? items.at(-1) : undefined;
      return { items, ...(last !== undefined && { cursor: String(last.seq) }) };
    },
    verifyAudit: (call) => accounts.verifyAudit(call.actor, call.stop),
  };
}
