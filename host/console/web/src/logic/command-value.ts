import type { FeatureTraits } from "../../../../../shared/twin/documents/feature-of-thing-document.ts";
import { formatExact } from "../format/format-number.ts";
import { unitSymbol } from "../format/unit-symbol.ts";

/** What a person may give a feature: one of some values, or a number or text that is typed. */
export type CommandForm =
  | { readonly name: "choice"; readonly values: readonly (number | string | boolean)[] }
  | { readonly name: "number" }
  | { readonly name: "text" }
  | { readonly name: "json" };

export function commandForm({ type, values }: FeatureTraits): CommandForm {
  if (values !== undefined && values.length > 0) return { name: "choice", values };
  if (type === "boolean") return { name: "choice", values: [true, false] };
  if (type === "number") return { name: "number" };
  return { name: type === "list" || type === "object" ? "json" : "text" };
}

export type Checked = { readonly value: unknown } | { readonly wrong: string };

/** Reads what was typed against the limits that the board gave; it has the last word. */
export function checkCommand(traits: FeatureTraits, text: string): Checked {
  const form = commandForm(traits);
  const typed = text.trim();
  if (form.name === "text") return { value: text };
  if (form.name === "json") {
    try {
      const value: unknown = JSON.parse(typed);
      return { value };
    } catch {
      return { wrong: "This is not JSON." };
    }
  }
  if (typed === "") return { wrong: "Give a number." };
  const value = Number(typed.replace(",", "."));
  if (!Number.isFinite(value)) return { wrong: `"${typed}" is not a number.` };
  const unit = unitSymbol(traits.unit);
  const withUnit = (limit: number): string => `${formatExact(limit)}${unit === "" ? "" : ` ${unit}`}`;
  if (traits.minimum !== undefined && value < traits.minimum) return { wrong: `It is below the limit of ${withUnit(traits.minimum)}.` };
  if (traits.maximum !== undefined && value > traits.maximum) return { wrong: `It is above the limit of ${withUnit(traits.maximum)}.` };
  return { value };
}

/** The limits in words; `undefined` where the board gave none. */
export function limitsText({ minimum, maximum, unit }: FeatureTraits): string | undefined {
  const symbol = unitSymbol(unit);
  const tail = symbol === "" ? "" : ` ${symbol}`;
  if (minimum !== undefined && maximum !== undefined) return `${formatExact(minimum)} to ${formatExact(maximum)}${tail}`;
  if (minimum !== undefined) return `at least ${formatExact(minimum)}${tail}`;
  if (maximum !== undefined) return `at most ${formatExact(maximum)}${tail}`;
  return undefined;
}

/** True where a value makes something happen rather than holds, as with a button: there is one value only. */
export function isImpulse({ values }: FeatureTraits): boolean {
  return values?.length === 1;
}
