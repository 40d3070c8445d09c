import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type ApiCall, answered } from "./api-call.ts";

/** A reader that takes nothing for so long is given up, milliseconds. */
const idle = 60_000;

async function* from(first: IteratorResult<Uint8Array>, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
}

/** Answers with bytes as they come. What fails before the first of them can still be told; later the connection breaks off. */
export async function sendBytes(
  call: ApiCall,
  headers: Readonly<Record<string, string | number>>,
  bytes: AsyncIterable<Uint8Array>,
): Promise<typeof answered> {
  const iterator = bytes[Symbol.asyncIterator]();
  try {
    const first = await iterator.next();
    const { raw } = call.reply.hijack();
    raw.setTimeout(idle, () => raw.destroy());
    raw.writeHead(200, headers);
    await pipeline(Readable.from(from(first, iterator), { objectMode: false }), raw);
    return answered;
  } finally {
    await iterator.return?.();
  }
}
