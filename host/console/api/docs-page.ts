import { createHash } from "node:crypto";
import { describeSchema } from "../../../shared/base/describe-schema.ts";
import type { JsonSchema } from "../../../shared/base/json-schema.ts";
import { BodyForm, type RouteSpec, statusOf } from "../../../shared/console/api/route-spec.ts";
import type { DocsParts } from "./docs-parts.ts";

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:60rem;margin:0 auto;padding:1rem}nav a{margin-right:1rem}
code,summary b{font-family:ui-monospace,monospace;overflow-wrap:anywhere}details{border:1px solid #8886;border-radius:.4rem;margin:.4rem 0;padding:.4rem .8rem}
summary{cursor:pointer}summary b{display:inline-block;min-width:4.5rem}summary span{opacity:.75}table{border-collapse:collapse;width:100%}
td,th{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0;border-top:1px solid #8883}th{font-weight:600}`;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const code = (text: string): string => `<code>${escaped(text)}</code>`;

/** Named schemas that were met, to be explained once. */
type Named = Map<string, JsonSchema>;

function formOf(schema: JsonSchema, named: Named): string {
  if (schema.$id !== undefined) {
    named.set(schema.$id, schema);
    return `<a href="#schema-${schema.$id}">${escaped(schema.$id)}</a>`;
  }
  if (schema.type === "array" && schema.items !== undefined) return `list of ${formOf(schema.items, named)}`;
  return escaped(describeSchema(schema, {}));
}

function members(schema: JsonSchema, named: Named, place = ""): string {
  return Object.entries(schema.properties ?? {})
    .map(([name, member]) => {
      const needed = schema.required?.includes(name) === true ? "" : " <i>optional</i>";
      return `<tr><td>${code(name)}${needed}</td><td>${place}</td><td>${formOf(member, named)}</td><td>${escaped(member.description ?? "")}</td></tr>`;
    })
    .join("");
}

const table = (rows: string): string => (rows === "" ? "" : `<table><tbody>${rows}</tbody></table>`);

function routeText(name: string, route: RouteSpec, roles: readonly string[], named: Named): string {
  const { permission } = route;
  const who =
    permission === "public"
      ? "Needs no log-in."
      : permission === "login"
        ? "For everybody who is logged in."
        : `Needs ${code(permission)}${route.everywhere === true ? " on all" : ""}: ${roles.join(", ")}.`;
  const parameters = members(route.params ?? {}, named, "path") + members(route.query ?? {}, named, "query");
  const body =
    route.body === undefined
      ? ""
      : `<p>Body: ${route.bodyForm === "bytes" ? "bytes" : formOf(route.body, named)} as ${BodyForm[route.bodyForm ?? "json"].map(code).join(" or ")}</p>`;
  const answer =
    route.produces === undefined ? (route.answer === undefined ? "nothing" : formOf(route.answer, named)) : code(route.produces);
  const errors = route.errors === undefined ? "" : `<p>May fail with ${route.errors.map(code).join(", ")}.</p>`;
  return `<details id="${name}"><summary><b>${route.method}</b> ${code(route.path)} <span>${escaped(route.summary)}</span></summary>
<p>${escaped(route.description ?? "")}</p><p>${who}</p>${table(parameters)}${body}<p>Answer ${statusOf(route)}: ${answer}</p>${errors}</details>`;
}

/** All named schemas, with those that they name. */
function schemaTexts(named: Named): string {
  const texts: string[] = [];
  // Explaining one may add others behind it; a map is walked to its end all the same.
  for (const [name, schema] of named) {
    const { $id: _name, ...form } = schema;
    const rows = members(form, named);
    texts.push(
      `<details id="schema-${name}"><summary><b>${escaped(name)}</b> <span>${escaped(schema.description ?? "")}</span></summary>${rows === "" ? `<p>${formOf(form, named)}</p>` : table(rows)}</details>`,
    );
  }
  return texts.join("\n");
}

/** The routes as one page without scripts. `style` is the hash of its style sheet, as a content security policy wants it. */
export function docsPage({ routes, access, version }: DocsParts): { readonly html: string; readonly style: string } {
  const named: Named = new Map();
  const byTag = new Map<string, string[]>();
  for (const [name, route] of Object.entries(routes)) {
    const { permission, tag } = route;
    const roles = permission === "public" || permission === "login" ? [] : access.rolesOf(permission);
    byTag.set(tag, [...(byTag.get(tag) ?? []), routeText(name, route, roles, named)]);
  }
  const sections = [...byTag].map(([tag, texts]) => `<h2 id="${tag}">${tag}</h2>\n${texts.join("\n")}`).join("\n");
  const links = [...byTag.keys()].map((tag) => `<a href="#${tag}">${tag}</a>`).join(" ");
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Penstock API</title><style>${style}</style></head>
<body><h1>Penstock API ${escaped(version)}</h1>
<p>For programs: <a href="/api/openapi.json">openapi.json</a>. Keys go into <code>Authorization: Bearer</code>. A cookie needs the header <code>x-csrf-token</code> beside it for everything but GET. Failures are problems (RFC 9457) with a stable <code>code</code> and a <code>remedy</code>.</p>
<p>Documents have an <code>etag</code>; PATCH and DELETE take it as <code>if-match</code> and answer 412 when it changed meanwhile. PATCH is a merge patch (RFC 7396).</p>
<nav>${links} <a href="#schemas">schemas</a></nav>
${sections}
<h2 id="schemas">schemas</h2>
${schemaTexts(named)}
</body></html>
`;
  return { html, style: `sha256-${createHash("sha256").update(style).digest("base64")}` };
}
