import type { EventDocument } from "../../../shared/twin/documents/event-document.ts";
import type { EventTail } from "./event-tail.ts";
import type { StreamConnection } from "./stream-connection.ts";

export interface EventFollowerParts {
  readonly connection: StreamConnection;
  readonly tail: EventTail;
  /** Events behind this number. */
  readonly after: number;
  readonly sees: (event: EventDocument) => boolean;
  /** Called when events cannot be read any more. */
  readonly onFailure: (error: unknown) => void;
}

/** Events that are read at once. */
const slice = 256;

/**
 * Sends every event behind `after` that the listener may see, at the pace at which he reads: what he has not read yet waits in the store, not here.
 * Says `resync` where what he asks for is no longer kept, or has never been, and goes on from the newest.
 */
export function followEvents({ connection, tail, after, sees, onFailure }: EventFollowerParts): void {
  let position = after;
  let under = false;
  /** The number that the listener would resume behind. */
  let told = after;

  const pump = async (): Promise<void> => {
    if (under) return;
    under = true;
    try {
      while (connection.free) {
        const before = tail.newest;
        const { events, oldest, newest } = await tail.read(position, slice);
        if (position + 1 < oldest || position > newest) {
          connection.send(`event: resync\nid: ${newest}\ndata: ${JSON.stringify({ oldest, newest })}\n\n`);
          position = newest;
          told = newest;
          continue;
        }
        if (events.length === 0) {
          // Something may have come while the store was asked; nobody would call again for it.
          if (tail.newest === before) break;
          continue;
        }
        let text = "";
        for (const event of events) {
          position = event.seq;
          if (!sees(event)) continue;
          text += `event: event\nid: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`;
          told = event.seq;
        }
        // Who sees little would else have to be sent through all of it again.
        if (position > told + slice) {
          text += `id: ${position}\n\n`;
          told = position;
        }
        if (text !== "") connection.send(text);
      }
    } catch (error) {
      onFailure(error);
      connection.close();
    } finally {
      under = false;
    }
  };

  connection.onClose(tail.onAppend(pump));
  connection.onFree(pump);
  void pump();
}
