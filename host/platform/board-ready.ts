/** What a board tells whoever started it, over the process channel, as soon as it serves: `{ kind: "ready", addresses, health }`. */
export interface BoardReady {
  /** Of its broker, for people: `mqtt://127.0.0.1:1883`. */
  readonly addresses: readonly string[];
  /** Base address of `/health` and `/metrics`. */
  readonly health: string;
}

/** The message, or `undefined` when it is another. */
export function readBoardReady(message: unknown): BoardReady | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  if (!("kind" in message && "addresses" in message && "health" in message) || message.kind !== "ready") return undefined;
  const { addresses, health } = message;
  if (!Array.isArray(addresses) || !addresses.every((address) => typeof address === "string") || typeof health !== "string")
    return undefined;
  return { addresses, health };
}
