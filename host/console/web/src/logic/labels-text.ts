const form = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;

/** Labels as people type them: `site=east, line=a`. */
export function labelsToText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");
}

/** Reads labels; a text says what is wrong with them. */
export function labelsFromText(text: string): Readonly<Record<string, string>> | string {
  const labels: Record<string, string> = {};
  for (const part of text.split(",")) {
    const pair = part.trim();
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const key = (equals < 0 ? pair : pair.slice(0, equals)).trim();
    const value = equals < 0 ? "" : pair.slice(equals + 1).trim();
    if (!form.test(key)) return `"${key}" cannot name a label; expected letters, digits and . _ -`;
    if (equals < 0 || value === "") return `"${key}" has no value; write ${key}=something`;
    if (value.length > 128) return `the value of "${key}" is longer than 128 characters`;
    labels[key] = value;
  }
  return Object.keys(labels).length > 32 ? "there are more than 32 labels" : labels;
}

/** What turns one set of labels into another, as a merge patch. RFC 7396. */
export function labelsPatch(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Readonly<Record<string, string | null>> {
  const gone = Object.keys(before).filter((key) => !(key in after));
  return { ...after, ...Object.fromEntries(gone.map((key) => [key, null])) };
}
