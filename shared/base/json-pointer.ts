const escaped = (step: string): string =>
  step.includes("~") || step.includes("/") ? step.replaceAll("~", "~0").replaceAll("/", "~1") : step;

/** `pointer` with one more step. RFC 6901 §3. */
export function pointerTo(pointer: string, step: string | number): string {
  return `${pointer}/${typeof step === "number" ? step : escaped(step)}`;
}

/** The steps of a pointer, unescaped. RFC 6901 §4. */
export function pointerSteps(pointer: string): string[] {
  if (pointer === "") return [];
  return pointer
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}
