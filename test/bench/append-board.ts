import { encodeUtf8 } from "../../shared/base/utf8.ts";
import { decodeDownMessage, encodeLinkMessage } from "../../shared/connectors/link/link-codec.ts";
import type { Append, Welcome } from "../../shared/connectors/link/link-message.ts";
import { beginning, type Cursor } from "../../shared/pipeline/cursor.ts";
import { RecordKind, recordOverhead, writeRecord } from "../../shared/pipeline/journal-record.ts";

export interface AppendBoardOptions {
  readonly id: string;
  readonly streams: number;
  /** Records of one append, and appends of each stream. */
  readonly records: number;
  readonly appends: number;
}

const hex = (digit: string): string => digit.repeat(32);
const session = hex("5");
const begin = 1_700_000_000_000;
/** Appends of one stream on their way. */
const flights = 2;

interface BoardStream {
  readonly id: string;
  readonly appends: readonly Uint8Array[];
  sent: number;
  acked: number;
  readonly ends: readonly Cursor[];
}

/** A board whose messages are made before the measurement: each stream is one point, as fast as the gateway acknowledges. */
export class AppendBoard {
  readonly id: string;
  /** Resolves when everything is acknowledged. */
  readonly done: Promise<void>;
  readonly #options: AppendBoardOptions;
  readonly #streams = new Map<string, BoardStream>();
  #finish = (): void => {};
  #open = 0;
  #send: (payload: Uint8Array) => void = () => {};

  constructor(options: AppendBoardOptions) {
    this.#options = options;
    this.id = options.id;
    for (let at = 0; at < options.streams; at++) this.#prepare(`s${at}`);
    this.#open = this.#streams.size;
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  get records(): number {
    const { streams, records, appends } = this.#options;
    return streams * records * appends;
  }

  /** Says that it is there. */
  join(send: (payload: Uint8Array) => void): void {
    this.#send = send;
    send(encodeLinkMessage({ kind: "announce", board: this.id, bootId: hex("b"), online: true }));
  }

  receive(payload: Uint8Array): void {
    const message = decodeDownMessage(payload);
    if (message.kind === "hello") this.#welcome(message.epoch, message.call);
    else if (message.kind === "pull") this.#pump(this.#streams.get(message.stream));
    else if (message.kind === "ack") this.#acknowledged(this.#streams.get(message.stream), message.cursor);
  }

  #prepare(id: string): void {
    const { records, appends } = this.#options;
    const thing = `${this.id}-${id.slice(0, 2)}`;
    const made: Uint8Array[] = [];
    const ends: Cursor[] = [];
    let prev = beginning;
    for (let append = 0, seq = 0; append < appends; append++) {
      const payloads = Array.from({ length: records }, (_, at) => {
        const time = begin + (seq + at) * 1000;
        return encodeUtf8(`{"t":"${thing}","f":"${id}","v":${(((seq + at) * 37) % 1000) / 10},"s":${time}}`);
      });
      const bytes = new Uint8Array(payloads.reduce((sum, payload) => sum + payload.length + recordOverhead, 0));
      let end = 0;
      for (const payload of payloads) {
        seq++;
        end = writeRecord(bytes, end, 1, seq, (begin + seq * 1000) * 1000, RecordKind.sample, payload);
      }
      const last = { term: 1, seq };
      const message: Append = {
        kind: "append",
        session,
        stream: id,
        prev,
        last,
        count: records,
        records: bytes,
        more: append < appends - 1,
      };
      made.push(encodeLinkMessage(message));
      ends.push(last);
      prev = last;
    }
    this.#streams.set(id, { id, appends: made, sent: 0, acked: 0, ends });
  }

  #welcome(epoch: number, call: number): void {
    const { records, appends } = this.#options;
    const welcome: Welcome = {
      kind: "welcome",
      epoch,
      call,
      board: this.id,
      version: "1",
      term: 1,
      bootId: hex("b"),
      origin: hex("0"),
      floor: 0,
      session,
      applied: 0,
      streams: [...this.#streams.keys()].map((id) => ({ id, first: { term: 1, seq: 1 }, durable: { term: 1, seq: records * appends } })),
    };
    this.#send(encodeLinkMessage(welcome));
  }

  #pump(stream: BoardStream | undefined): void {
    while (stream !== undefined && stream.sent - stream.acked < flights) {
      const next = stream.appends[stream.sent];
      if (next === undefined) return;
      stream.sent++;
      this.#send(next);
    }
  }

  #acknowledged(stream: BoardStream | undefined, { seq }: Cursor): void {
    if (stream === undefined) return;
    const wasOpen = stream.acked < stream.appends.length;
    while ((stream.ends[stream.acked]?.seq ?? Number.POSITIVE_INFINITY) <= seq) stream.acked++;
    if (wasOpen && stream.acked >= stream.appends.length && --this.#open === 0) this.#finish();
    this.#pump(stream);
  }
}
