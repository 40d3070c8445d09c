/**
 * One text for one value, the same in every engine: tells -0 from 0, bigints from numbers, `undefined` from absence, bytes from arrays. Numbers
 * that are not whole are their 64 bits, since engines choose other digits for the same number.
 * Members are in order of their names. Errors are their code and message when they have a code, else their kind alone, whose message is the engine's.
 */
export function canonical(value: unknown): string {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "number":
      return canonicalNumber(value);
    case "bigint":
      return `${value}n`;
    case "object":
      return value === null ? "null" : canonicalObject(value);
    default:
      return String(value);
  }
}

function canonicalNumber(value: number): string {
  if (Object.is(value, -0)) return "-0";
  if (Number.isSafeInteger(value) || !Number.isFinite(value)) return String(value);
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return `float:${view.getBigUint64(0).toString(16).padStart(16, "0")}`;
}

function canonicalObject(value: object): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return `${value.constructor.name.replace("Buffer", "Uint8Array")}<${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}>`;
  }
  if (value instanceof Map) return `Map${canonical([...value])}`;
  if (value instanceof Set) return `Set${canonical([...value])}`;
  if (value instanceof Error) return "code" in value ? `${String(value.code)}(${quote(value.message)})` : value.name;
  return `{${Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${quote(key)}:${canonical(member)}`)
    .join(",")}}`;
}

/** All but printable ASCII as escapes, so that no engine's handling of lone surrogates gets in the way. */
function quote(text: string): string {
  let quoted = '"';
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    quoted += unit >= 0x20 && unit < 0x7f && unit !== 0x22 && unit !== 0x5c ? text[index] : `\\u${unit.toString(16).padStart(4, "0")}`;
  }
  return `${quoted}"`;
}
