import { readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { root } from "../../../docs/source-tree.ts";

const css = readFileSync(path.join(root, "host/console/web/src/styles/tokens.css"), "utf8");

/** The colours of a block of tokens. */
function colours(begin: string): ReadonlyMap<string, string> {
  const from = css.indexOf(begin);
  const block = css.slice(from, css.indexOf("}", from));
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = "", value = ""]) => [name, value]));
}

/** Relative luminance. WCAG 2.2, definitions. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const tones = ["good", "busy", "warn", "bad", "stale", "off", "info"] as const;
const themes = { light: ":root {", dark: ':root[data-theme="dark"] {', "dark by the system": ':root:not([data-theme="light"]) {' } as const;

for (const [name, begin] of Object.entries(themes))
  test(`every text can be read on what it stands on, ${name}`, (t) => {
    const token = colours(begin);
    const pairs = [
      ...["text", "text-2", "text-3", "accent"].flatMap((text) =>
        ["ground", "surface", "sunken", "hover"].map((ground) => [text, ground] as const),
      ),
      ...tones.flatMap((tone) => [[tone, "surface"] as const, [tone, `${tone}-soft`] as const]),
      ["on-accent", "accent"] as const,
      ["accent-strong", "accent-soft"] as const,
      ["text", "accent-soft"] as const,
      ["text-2", "warn-soft"] as const,
      ["text-2", "bad-soft"] as const,
    ];
    for (const [text, ground] of pairs) {
      const ratio = contrast(token.get(text) ?? "#000000", token.get(ground) ?? "#000000");
      t.true(ratio >= 4.5, `${text} on ${ground}: ${ratio.toFixed(2)}`);
    }
    for (const edge of ["line-strong"]) t.true(contrast(token.get(edge) ?? "", token.get("surface") ?? "") >= 3, edge);
  });
