import type { Command } from "commander";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../shared/base/json.ts";
import { NotReached } from "./cli-errors.ts";
import { cellText, momentText, printFacts, printRows } from "./cli-output.ts";
import type { CommandContext } from "./command-context.ts";
import type { GatewayClient } from "./gateway-client.ts";
import { parseAddress, parsePoint, parseValue, pathOf } from "./point-address.ts";
import { serverEvents } from "./server-events.ts";

/** How often the outcome of a wish is looked for. */
const look = 250;

const part = (row: JsonObject, ...path: readonly string[]): JsonValue | undefined =>
  path.reduce<JsonValue | undefined>((value, step) => (isJsonObject(value) ? value[step] : undefined), row);

const unitOf = (row: JsonObject): JsonValue | undefined => part(row, "traits", "unit");

/** `things`, `get`, `set` and `watch`. */
export function addThingCommands(program: Command, context: () => CommandContext): void {
  program
    .command("things")
    .description("list things")
    .option("-f, --filter <cel>", "only those for which this expression is true, as in labels.site == 'east'")
    .action(async ({ filter }: { filter?: string }) => {
      const { client, output } = context();
      const rows: JsonObject[] = [];
      for await (const thing of (await client()).all("/api/v1/things", { filter })) rows.push(thing);
      printRows(
        output,
        rows,
        [
          { title: "ID", of: (row) => row["id"] },
          { title: "KIND", of: (row) => row["kind"] },
          { title: "NAME", of: (row) => row["name"] },
          { title: "BOARD", of: (row) => row["board"] },
          { title: "LABELS", of: (row) => labelText(row["labels"]) },
        ],
        "there are no things",
      );
    });

  program
    .command("get")
    .description("show a thing with its features, or one feature")
    .argument("<thing[/feature]>", "as in pump-station or pump-station/level")
    .action(async (text: string) => {
      const { client, output } = context();
      const gateway = await client();
      const address = parseAddress(text);
      if (address.feature !== undefined) {
        const feature = await gateway.get(pathOf(address));
        if (isJsonObject(feature)) printFacts(output, output.json ? feature : featureFacts(feature));
        return;
      }
      const features: JsonObject[] = [];
      for await (const feature of gateway.all(`${pathOf(address)}/features`)) features.push(feature);
      if (output.json) {
        output.line(JSON.stringify({ thing: await gateway.get(pathOf(address)), features }, null, 2));
        return;
      }
      const thing = await gateway.get(pathOf(address));
      if (isJsonObject(thing)) output.line(`${cellText(thing["id"])}  ${cellText(thing["name"])}  ${labelText(thing["labels"])}`.trimEnd());
      printFeatures(context(), features);
    });

  program
    .command("set")
    .description("say what a feature shall be, and wait until it is")
    .argument("<thing/feature>", "as in pump-station/pump-1")
    .argument("<value>", "as in true, 42.5 or manual")
    .option("--once", "have it written once, as an operation, without keeping it as what shall hold")
    .option("--no-wait", "do not wait for the outcome")
    .option("--timeout <seconds>", "how long to wait", "60")
    .action(async (text: string, value: string, options: { once?: boolean; wait: boolean; timeout: string }) => {
      const { client, output } = context();
      const gateway = await client();
      const point = parsePoint(text);
      const wait = options.wait ? Number(options.timeout) * 1000 : 0;
      const outcome = options.once
        ? await writeOnce(context(), gateway, point, parseValue(value), wait)
        : await wish(context(), gateway, point, parseValue(value), wait);
      if (output.json) output.line(JSON.stringify(outcome, null, 2));
      else output.line(outcomeText(outcome));
    });

  program
    .command("watch")
    .description("show values as they come, until Ctrl-C")
    .argument("[thing[/feature]...]", "what to watch; all things when none is named")
    .action(async (texts: readonly string[]) => {
      const { client, output } = context();
      const addresses = texts.map(parseAddress);
      const things = addresses.length === 0 ? "*" : [...new Set(addresses.map(({ thing }) => thing))].join(",");
      const wanted = (thing: JsonValue | undefined, feature: JsonValue | undefined): boolean =>
        addresses.length === 0 || addresses.some((one) => one.thing === thing && (one.feature === undefined || one.feature === feature));
      const answer = await (await client()).open("/api/v1/live", { values: things }, "text/event-stream");
      for await (const { event, data } of serverEvents(answer)) {
        if (event !== "values") continue;
        const values: unknown = JSON.parse(data);
        for (const value of Array.isArray(values) ? values : []) {
          if (!isJsonObject(value) || !wanted(value["thing"], value["feature"])) continue;
          if (output.json) output.line(JSON.stringify(value));
          else
            output.line(
              `${momentText(value["source"])}  ${value["thing"]}/${value["feature"]}  ${cellText(value["value"])}  ${cellText(value["quality"])}`,
            );
        }
      }
    });
}

function labelText(labels: JsonValue | undefined): string {
  return isJsonObject(labels)
    ? Object.entries(labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(" ")
    : "";
}

function printFeatures({ output }: CommandContext, rows: readonly JsonObject[]): void {
  printRows(
    output,
    rows,
    [
      { title: "FEATURE", of: (row) => row["id"] },
      { title: "VALUE", of: (row) => part(row, "reported", "value"), align: "right" },
      { title: "UNIT", of: unitOf },
      { title: "QUALITY", of: (row) => part(row, "reported", "quality") },
      { title: "DESIRED", of: (row) => part(row, "desired", "value"), align: "right" },
      { title: "STATUS", of: (row) => part(row, "status", "text") },
      { title: "SOURCE TIME", of: (row) => momentText(part(row, "reported", "source")) },
    ],
    "the thing has no features",
  );
}

function featureFacts(row: JsonObject): object {
  return {
    feature: `${row["thing"]}/${row["id"]}`,
    value: part(row, "reported", "value"),
    unit: unitOf(row),
    quality: part(row, "reported", "quality"),
    reason: part(row, "reported", "reason"),
    source: momentText(part(row, "reported", "source")),
    desired: part(row, "desired", "value"),
    status: part(row, "status", "text"),
    writable: part(row, "traits", "writable"),
    revision: row["rev"],
  };
}

/** How a wish stands: `done`, `pending` when nobody waited or time was up. */
interface Outcome {
  readonly state: "done" | "pending";
  readonly what: string;
  readonly value: JsonValue;
  readonly detail?: string;
}

const outcomeText = ({ state, what, value, detail }: Outcome): string =>
  `${what} = ${cellText(value)}: ${state === "done" ? "done" : "asked for"}${detail === undefined ? "" : ` (${detail})`}`;

type Point = ReturnType<typeof parsePoint>;

/** Changes `desired` and follows it. @throws {NotReached} it came to an error */
async function wish(context: CommandContext, gateway: GatewayClient, point: Point, value: JsonValue, wait: number): Promise<Outcome> {
  const what = `${point.thing}/${point.feature}`;
  const changed = await gateway.patch(pathOf(point), { desired: { value } });
  const wanted = isJsonObject(changed) ? changed["desiredRev"] : undefined;
  const until = context.now() + wait;
  let status: JsonValue | undefined;
  while (wait > 0) {
    const feature = await gateway.get(pathOf(point));
    if (!isJsonObject(feature)) break;
    status = part(feature, "status", "text");
    const { desiredRev, observedRev } = feature;
    if (desiredRev !== wanted)
      throw new NotReached(`${what}: somebody else asked for ${cellText(part(feature, "desired", "value"))} meanwhile`);
    const problem = part(feature, "reconcile", "error", "message");
    if (problem !== undefined) throw new NotReached(`${what}: ${cellText(problem)}`);
    if (typeof observedRev === "number" && typeof wanted === "number" && observedRev >= wanted) return { state: "done", what, value };
    if (context.now() >= until) break;
    await context.sleep(look);
  }
  return { state: "pending", what, value, ...(typeof status === "string" && status !== "" && { detail: status }) };
}

const ends = new Set<JsonValue | undefined>(["succeeded", "failed", "rejected", "cancelled", "expired"]);

/** Has it written once and follows the operation. @throws {NotReached} it ended otherwise than well */
async function writeOnce(context: CommandContext, gateway: GatewayClient, point: Point, value: JsonValue, wait: number): Promise<Outcome> {
  const what = `${point.thing}/${point.feature}`;
  let operation = await gateway.post("/api/v1/operations", { type: "feature.write", target: point, input: { value } });
  const until = context.now() + wait;
  while (wait > 0 && isJsonObject(operation) && !ends.has(operation["state"]) && context.now() < until) {
    await context.sleep(look);
    operation = await gateway.get(`/api/v1/operations/${encodeURIComponent(cellText(operation["id"]))}`);
  }
  const state = isJsonObject(operation) ? operation["state"] : undefined;
  if (state === "succeeded") return { state: "done", what, value };
  if (isJsonObject(operation) && ends.has(state))
    throw new NotReached(`${what}: ${cellText(state)}: ${cellText(part(operation, "error", "message"))}`);
  return { state: "pending", what, value, detail: cellText(state) };
}
