import type { Problem } from "../../../../../shared/base/problem.ts";

/** What the gateway found wrong at a field, in a sentence. Pointers begin with the part of the request, as in `/body/name`. RFC 6901. */
export function problemAt(problems: readonly Problem[] | undefined, path: string): string | undefined {
  const found = problems?.find((problem) => {
    const place = problem.path.replace(/^\/body(?=\/|$)/, "");
    return place === path || place.startsWith(`${path}/`);
  });
  if (found === undefined) return undefined;
  return found.expected === "" ? found.message : `${found.message}; expected ${found.expected}`;
}
