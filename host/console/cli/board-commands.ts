import type { Command } from "commander";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../shared/base/json.ts";
import { cellText, momentText, printFacts, printRows } from "./cli-output.ts";
import type { CommandContext } from "./command-context.ts";

const linkOf = (row: JsonObject): JsonObject => (isJsonObject(row["link"]) ? row["link"] : {});

/** `2/3 live` and the longest way to go. */
function streamText(row: JsonObject): string {
  const { streams } = linkOf(row);
  if (!Array.isArray(streams) || streams.length === 0) return "–";
  const list = streams.filter(isJsonObject);
  const live = list.filter(({ state }) => state === "live").length;
  const remaining = list.reduce((sum, one) => sum + (typeof one["remaining"] === "number" ? one["remaining"] : 0), 0);
  return `${live}/${list.length} live${remaining > 0 ? `, ${remaining} records to go` : ""}`;
}

const ageText = (at: JsonValue | undefined, now: number): string =>
  typeof at === "number" ? `${Math.max(0, Math.round((now - at) / 1000))} s ago` : "–";

/** `boards` and `adopt`. */
export function addBoardCommands(program: Command, context: () => CommandContext): void {
  program
    .command("boards")
    .description("list boards with their links and streams, or show one")
    .argument("[board]", "one board with each of its streams")
    .action(async (id: string | undefined) => {
      const { client, output, now } = context();
      const gateway = await client();
      if (id !== undefined) {
        const board = await gateway.get(`/api/v1/boards/${encodeURIComponent(id)}`);
        if (!isJsonObject(board)) return;
        if (output.json) return output.line(JSON.stringify(board, null, 2));
        const { link: _, labels, ...facts } = board;
        printFacts(output, { ...facts, link: linkOf(board)["state"], reason: linkOf(board)["reason"], labels });
        const { streams } = linkOf(board);
        printRows(
          output,
          Array.isArray(streams) ? streams.filter(isJsonObject) : [],
          [
            { title: "STREAM", of: (row) => row["id"] },
            { title: "STATE", of: (row) => row["state"] },
            { title: "TO GO", of: (row) => row["remaining"], align: "right" },
            { title: "LAG MS", of: (row) => row["lag"], align: "right" },
            { title: "ETA MS", of: (row) => row["eta"], align: "right" },
            { title: "RECORDS", of: (row) => row["records"], align: "right" },
            { title: "GAPS", of: (row) => row["gaps"], align: "right" },
          ],
          "the board has brought no stream yet",
        );
        return;
      }
      const rows: JsonObject[] = [];
      for await (const board of gateway.all("/api/v1/boards")) rows.push(board);
      printRows(
        output,
        rows,
        [
          { title: "ID", of: (row) => row["id"] },
          { title: "NAME", of: (row) => row["name"] },
          { title: "STATE", of: (row) => row["state"] },
          { title: "LINK", of: (row) => linkOf(row)["state"] },
          { title: "STREAMS", of: streamText },
          { title: "HEARD", of: (row) => ageText(linkOf(row)["heardAt"], now()) },
          { title: "KEY", of: (row) => cellText(row["keyFingerprint"]).slice(0, 19) },
        ],
        "there are no boards",
      );
    });

  program
    .command("adopt")
    .description("take in a board that was discovered")
    .argument("<board>", "its id")
    .option("--name <name>", "name for people")
    .option("--label <name=value...>", "labels")
    .option("--fingerprint <sha256:…>", "the key that it must have, as the board shows it")
    .option("--credentials", "also make an MQTT password for it; shown once")
    .action(async (id: string, options: { name?: string; label?: string[]; fingerprint?: string; credentials?: boolean }) => {
      const { client, output } = context();
      const gateway = await client();
      const path = `/api/v1/boards/${encodeURIComponent(id)}`;
      const labels = Object.fromEntries((options.label ?? []).map((text) => text.split(/=(.*)/s).slice(0, 2)));
      const board = await gateway.post(`${path}/adopt`, {
        ...(options.name !== undefined && { name: options.name }),
        ...(options.label !== undefined && { labels }),
        ...(options.fingerprint !== undefined && { keyFingerprint: options.fingerprint }),
      });
      const account = options.credentials ? await gateway.post(`${path}/credentials`) : undefined;
      if (output.json) output.line(JSON.stringify(account === undefined ? board : { board, account }, null, 2));
      else {
        output.line(`${id} is adopted`);
        if (isJsonObject(account)) output.line(`MQTT user ${account["username"]}, password ${account["password"]} (not shown again)`);
      }
    });
}

/** `ops`, `events` and `history` show what happened. */
export function addOperationCommands(program: Command, context: () => CommandContext): void {
  program
    .command("ops")
    .description("list operations, newest first, or show one")
    .argument("[operation]", "its id")
    .option("--thing <thing>", "only those of this thing")
    .option("--state <state>", "only those in this state, as in failed")
    .option("-n, --limit <count>", "so many", "50")
    .action(async (id: string | undefined, options: { thing?: string; state?: string; limit: string }) => {
      const { client, output } = context();
      const gateway = await client();
      if (id !== undefined) {
        const operation = await gateway.get(`/api/v1/operations/${encodeURIComponent(id)}`);
        if (isJsonObject(operation)) printFacts(output, operation);
        return;
      }
      const { thing, state, limit } = options;
      const page = await gateway.get("/api/v1/operations", { thing, state, limit, orderBy: "-createdAt" });
      printRows(
        output,
        isJsonObject(page) && Array.isArray(page["items"]) ? page["items"].filter(isJsonObject) : [],
        [
          { title: "ID", of: (row) => row["id"] },
          { title: "TYPE", of: (row) => row["type"] },
          { title: "TARGET", of: (row) => (isJsonObject(row["target"]) ? Object.values(row["target"]).join("/") : undefined) },
          { title: "INPUT", of: (row) => (isJsonObject(row["input"]) ? row["input"]["value"] : row["input"]) },
          { title: "STATE", of: (row) => row["state"] },
          { title: "BY", of: (row) => row["createdBy"] },
          { title: "AT", of: (row) => momentText(row["createdAt"]) },
          { title: "WHY", of: (row) => (isJsonObject(row["error"]) ? row["error"]["message"] : undefined) },
        ],
        "there are no such operations",
      );
    });
}
