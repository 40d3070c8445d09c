import type { Command } from "commander";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../shared/base/json.ts";
import { cellText, momentText, printRows } from "./cli-output.ts";
import type { CommandContext } from "./command-context.ts";
import { parsePoint } from "./point-address.ts";
import { serverEvents } from "./server-events.ts";
import { parseMoment } from "./time-argument.ts";

const eventPage = 500;

const itemsOf = (page: JsonValue): readonly JsonObject[] =>
  isJsonObject(page) && Array.isArray(page["items"]) ? page["items"].filter(isJsonObject) : [];

const short = (value: JsonValue | undefined): JsonValue | undefined => (typeof value === "number" ? Number(value.toPrecision(6)) : value);

/** `events` and `history`. */
export function addRecordCommands(program: Command, context: () => CommandContext): void {
  program
    .command("events")
    .description("list the newest events, or follow them")
    .option("-n, --limit <count>", "so many", "50")
    .option("--after <seq>", "those behind this number")
    .option("--follow", "go on until Ctrl-C; none is missed when the connection breaks")
    .action(async (options: { limit: string; after?: string; follow?: boolean }) => {
      const { client, output } = context();
      const gateway = await client();
      const newest = async (): Promise<number> => {
        const page = await gateway.get("/api/v1/events", { after: 0, limit: 1 });
        return isJsonObject(page) && typeof page["newest"] === "number" ? page["newest"] : 0;
      };
      const limit = Math.min(eventPage, Number(options.limit));
      const after = options.after === undefined ? Math.max(0, (await newest()) - limit) : Number(options.after);
      const rows = itemsOf(await gateway.get("/api/v1/events", { after, limit }));
      if (!options.follow) {
        printRows(
          output,
          rows,
          [
            { title: "SEQ", of: (row) => row["seq"], align: "right" },
            { title: "AT", of: (row) => momentText(row["at"]) },
            { title: "SEVERITY", of: (row) => row["severity"] },
            { title: "TYPE", of: (row) => row["type"] },
            { title: "ID", of: (row) => row["id"] },
            { title: "BY", of: (row) => row["actor"] },
            { title: "TEXT", of: (row) => row["text"] },
          ],
          "there are no such events",
        );
        return;
      }
      for (const row of rows) output.line(eventLine(row, output.json));
      let last = rows.reduce((seq, row) => (typeof row["seq"] === "number" ? Math.max(seq, row["seq"]) : seq), after);
      for (;;) {
        const answer = await gateway.open("/api/v1/events/stream", { after: last }, "text/event-stream");
        try {
          for await (const { event, data } of serverEvents(answer)) {
            const row: unknown = JSON.parse(data);
            if (!isJsonObject(row)) continue;
            if (event === "resync") output.note(`events up to ${cellText(row["oldest"])} are no longer kept; going on from there`);
            if (event !== "event") continue;
            if (typeof row["seq"] === "number") last = row["seq"];
            output.line(eventLine(row, output.json));
          }
        } catch (error) {
          if (context().stop.aborted) throw error;
        }
        await context().sleep(1000);
      }
    });

  program
    .command("history")
    .description("show what a feature measured: single readings, or minimum, mean and maximum of spans")
    .argument("<thing/feature>", "as in pump-station/level")
    .option("--from <time>", "begin: a span back such as -8h, or a date", "-1h")
    .option("--to <time>", "end", "now")
    .option("--buckets <count>", "so many spans instead of single readings")
    .option("-n, --limit <count>", "most single readings", "1000")
    .action(async (text: string, options: { from: string; to: string; buckets?: string; limit: string }) => {
      const { client, output, now } = context();
      const gateway = await client();
      const point = parsePoint(text);
      const span = { ...point, from: Math.floor(parseMoment(options.from, now())), to: Math.ceil(parseMoment(options.to, now())) };
      if (options.buckets === undefined) {
        printRows(
          output,
          itemsOf(await gateway.get("/api/v1/records", { ...span, limit: options.limit })),
          [
            { title: "SOURCE TIME", of: (row) => momentText(row["source"]) },
            { title: "VALUE", of: (row) => row["value"], align: "right" },
            { title: "QUALITY", of: (row) => row["quality"] },
            { title: "REASON", of: (row) => row["reason"] },
          ],
          "nothing was measured in that time",
        );
        return;
      }
      const answer = await gateway.get("/api/v1/records/buckets", { ...span, buckets: options.buckets });
      printRows(
        output,
        isJsonObject(answer) && Array.isArray(answer["buckets"]) ? answer["buckets"].filter(isJsonObject) : [],
        [
          { title: "FROM", of: (row) => momentText(row["from"]) },
          { title: "COUNT", of: (row) => row["count"], align: "right" },
          { title: "MIN", of: (row) => short(row["min"]), align: "right" },
          { title: "MEAN", of: (row) => short(row["mean"]), align: "right" },
          { title: "MAX", of: (row) => short(row["max"]), align: "right" },
          { title: "LAST", of: (row) => row["last"], align: "right" },
          { title: "QUALITY", of: (row) => row["quality"] },
        ],
        "nothing was measured in that time",
      );
    });
}

const eventLine = (row: JsonObject, json: boolean): string =>
  json
    ? JSON.stringify(row)
    : `${row["seq"]}  ${momentText(row["at"])}  ${cellText(row["severity"])}  ${cellText(row["type"])}  ${cellText(row["id"])}  ${cellText(row["text"] ?? row["actor"])}`;
