import type { IncomingMessage } from "node:http";
import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { JsonValue } from "../../../shared/base/json.ts";
import { isPlainJson, scanJson } from "../../../shared/base/json-source.ts";
import type { Bytes, Millis } from "../../../shared/base/units.ts";
import { type BodyForm, BodyForm as forms } from "../../../shared/console/api/route-spec.ts";
import { BodyNotJson, BodyTooLarge, MediaTypeRefused, RequestSlow } from "./api-errors.ts";

/** Keys that change what an object inherits where it is copied carelessly; no document has them. */
const poison = /"(?:_|\\u005[fF]){2}(?:p|\\u0070)(?:r|\\u0072)(?:o|\\u006[fF])(?:t|\\u0074)(?:o|\\u006[fF])(?:_|\\u005[fF]){2}"\s*:/;

/** True when nothing was sent. RFC 9112 §6.3 */
export const hasNoBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] === undefined && (headers["content-length"] === undefined || headers["content-length"] === "0");

/** @throws {MediaTypeRefused} {BodyTooLarge} by what the headers say */
export function checkBodyHead(request: IncomingMessage, form: BodyForm, most: number): void {
  const found = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const wanted: readonly string[] = forms[form];
  if (!wanted.includes(found)) throw new MediaTypeRefused(found, wanted);
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw new MediaTypeRefused(`${found} in ${encoding}`, wanted);
  if (Number(request.headers["content-length"] ?? 0) > most) throw new BodyTooLarge(most);
}

/** The bytes of a body as they come. A sender that is silent for `idle` is given up. @throws {BodyTooLarge} */
export async function* bodyBytes(request: IncomingMessage, most: Bytes, idle: Millis): AsyncGenerator<Uint8Array> {
  let size = 0;
  request.setTimeout(idle, () => request.destroy(new RequestSlow(idle)));
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) continue;
    size += chunk.length;
    if (size > most) throw new BodyTooLarge(most);
    yield chunk;
  }
}

/** Bounds of a body that is taken as a whole. */
export interface BodyBounds {
  readonly most: Bytes;
  /** For it to come. */
  readonly time: Millis;
  readonly clock: Clock;
}

async function collect(request: IncomingMessage, { most, time, clock }: BodyBounds): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  let disarm: Disarm = () => {};
  try {
    return await new Promise((resolve, reject) => {
      request.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > most) reject(new BodyTooLarge(most));
        else chunks.push(chunk);
      });
      request.on("end", () =>
        resolve((chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)).toString("utf8")),
      );
      request.on("error", reject);
      request.on("close", () => {
        if (!request.complete) reject(new BodyNotJson("it broke off"));
      });
      disarm = clock.after(time, () => reject(new RequestSlow(time)));
    });
  } finally {
    disarm();
  }
}

/**
 * The JSON of a body.
 * @throws {BodyTooLarge} {RequestSlow} {BodyNotJson} also where a key stands twice, where it nests too deep, and for keys that no document may have
 */
export async function readJson(request: IncomingMessage, bounds: BodyBounds): Promise<JsonValue> {
  const text = await collect(request, bounds);
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch {
    const fault = scanJson(text).fault;
    throw new BodyNotJson(fault === undefined ? "it cannot be parsed" : `${fault.found} where ${fault.expected} should be`);
  }
  if (poison.test(text)) throw new BodyNotJson("the key __proto__ is not allowed");
  if (!isPlainJson(text, value)) throw new BodyNotJson("a key stands twice, or it nests deeper than 64 levels");
  return value;
}
