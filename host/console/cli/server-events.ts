import { EventSourceParserStream } from "eventsource-parser/stream";

/** One message of a stream of server-sent events. WHATWG HTML §9.2. */
export interface ServerEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: string;
}

/** The messages of an answer, until it ends. */
export async function* serverEvents(answer: Response): AsyncGenerator<ServerEvent> {
  if (answer.body === null) return;
  const messages = answer.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { event = "message", id, data } of messages) yield { event, id, data };
}
