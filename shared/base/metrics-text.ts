import type { Metric } from "./metric.ts";

/** Writes metrics as Prometheus reads them, families of one name under one head. @see Prometheus text exposition format 0.0.4 */
export function metricsText(metrics: Iterable<Metric>): string {
  const families = new Map<string, string[]>();
  for (const metric of metrics) {
    let lines = families.get(metric.name);
    if (lines === undefined) {
      lines = [`# HELP ${metric.name} ${escapeHelp(metric.help)}`, `# TYPE ${metric.name} ${metric.type}`];
      families.set(metric.name, lines);
    }
    for (const { labels, value, suffix } of metric.values)
      lines.push(`${metric.name}${suffix ?? ""}${labelText(labels)} ${numberText(value)}`);
  }
  let text = "";
  for (const lines of families.values()) text += `${lines.join("\n")}\n`;
  return text;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(labels)) parts.push(`${name}="${escapeHelp(value).replaceAll('"', '\\"')}"`);
  return parts.length === 0 ? "" : `{${parts.join(",")}}`;
}

const escapeHelp = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");

function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}
