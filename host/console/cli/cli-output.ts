import Table from "cli-table3";
import type { JsonValue } from "../../../shared/base/json.ts";

/** Where a command writes: tables for people or JSON for scripts. */
export interface CliOutput {
  readonly json: boolean;
  /** One line on standard output. */
  line(text: string): void;
  /** One line on standard error: what is for people even with `--json`. */
  note(text: string): void;
}

/** One column: its title and what stands in it. */
export interface Column<T> {
  readonly title: string;
  readonly of: (row: T) => JsonValue | undefined;
  readonly align?: "left" | "right";
}

const noBorders = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** A value as a cell of a table shows it. */
export function cellText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Prints rows as a table, or as one JSON document. */
export function printRows<T>(output: CliOutput, rows: readonly T[], columns: readonly Column<T>[], none: string): void {
  if (output.json) {
    output.line(JSON.stringify(rows, null, 2));
    return;
  }
  if (rows.length === 0) {
    output.note(none);
    return;
  }
  const table = new Table({
    head: columns.map(({ title }) => title),
    chars: noBorders,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colAligns: columns.map(({ align = "left" }) => align),
  });
  for (const row of rows) table.push(columns.map(({ of }) => cellText(of(row))));
  for (const text of table.toString().split("\n")) output.line(text.trimEnd());
}

/** Prints one thing as lines of name and value, or as JSON. */
export function printFacts(output: CliOutput, facts: object): void {
  if (output.json) {
    output.line(JSON.stringify(facts, null, 2));
    return;
  }
  const entries = Object.entries(facts).filter(([, value]) => value !== undefined);
  const width = Math.max(...entries.map(([name]) => name.length));
  for (const [name, value] of entries) output.line(`${name.padEnd(width)}  ${name.endsWith("At") ? momentText(value) : cellText(value)}`);
}

/** A moment as people read it: `2026-11-21 19:42:27`, local time. */
export function momentText(at: unknown): string {
  if (typeof at !== "number") return "–";
  const date = new Date(at);
  const two = (part: number): string => String(part).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
