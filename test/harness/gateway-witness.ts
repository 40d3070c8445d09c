import { connect, type MqttClient } from "mqtt";
import { decodeDownMessage, decodeUpMessage } from "../../shared/connectors/link/link-codec.ts";
import type { Append } from "../../shared/connectors/link/link-message.ts";
import { RecordKind, readRecord, recordEnd } from "../../shared/pipeline/journal-record.ts";
import { samplesStream } from "../../shared/pipeline/resolve-journal.ts";

/** What one board's stream of samples was seen to send and was told to be kept. */
interface Seen {
  /** Numbers of samples that went over the wire. They run on over all terms. */
  readonly sent: Set<number>;
  /** Numbers of records that are no samples. */
  readonly others: Set<number>;
  acked: number;
}

/** Listens on the gateway's broker to what boards send and what the gateway says to have kept: a board may forget that. */
export class GatewayWitness {
  readonly #client: MqttClient;
  readonly #boards = new Map<string, Seen>();
  /** What must never be heard, one sentence each. */
  readonly faults: string[] = [];

  private constructor(client: MqttClient) {
    this.#client = client;
    client.on("error", () => {});
    client.on("message", (topic, payload) => {
      const [, , board = "", , direction] = topic.split("/");
      if (direction === "up") this.#up(board, payload);
      else this.#down(board, payload);
    });
  }

  /** Connects, and again whenever the broker comes back. */
  static async open(broker: string): Promise<GatewayWitness> {
    const client = connect(broker, { reconnectPeriod: 100 });
    const witness = new GatewayWitness(client);
    await client.subscribeAsync("penstock/v1/+/link/#", { qos: 1 });
    return witness;
  }

  /** Number up to which a board was told that its samples are kept. */
  acked(board: string): number {
    return this.#of(board).acked;
  }

  /** Samples that went over the wire and were acknowledged, of all boards. */
  get samples(): number {
    let samples = 0;
    for (const { sent, acked } of this.#boards.values()) for (const seq of sent) if (seq <= acked) samples += 1;
    return samples;
  }

  /** Numbers of a board's samples that were sent and acknowledged. */
  promised(board: string): readonly number[] {
    const { sent, acked } = this.#of(board);
    return [...sent].filter((seq) => seq <= acked);
  }

  /** True for a record that was seen and is no sample. */
  isOther(board: string, seq: number): boolean {
    return this.#of(board).others.has(seq);
  }

  close(): void {
    this.#client.end(true);
  }

  #of(board: string): Seen {
    let seen = this.#boards.get(board);
    if (seen === undefined) {
      seen = { sent: new Set(), others: new Set(), acked: 0 };
      this.#boards.set(board, seen);
    }
    return seen;
  }

  #up(board: string, payload: Uint8Array): void {
    const message = decodeUpMessage(payload);
    if (message.kind === "append" && message.stream === samplesStream) this.#records(this.#of(board), message);
  }

  #records(seen: Seen, { records }: Append): void {
    for (let at = 0, next = 0; at < records.length; at = next) {
      next = recordEnd(records, at, records.length);
      if (next < 0) return;
      const { seq, kind } = readRecord(records, at);
      (kind === RecordKind.sample ? seen.sent : seen.others).add(seq);
    }
  }

  #down(board: string, payload: Uint8Array): void {
    const message = decodeDownMessage(payload);
    const seen = this.#of(board);
    if (message.kind === "ack" && message.stream === samplesStream) {
      if (message.cursor.seq < seen.acked) this.faults.push(`${board}: ${message.cursor.seq} was acknowledged after ${seen.acked}`);
      seen.acked = Math.max(seen.acked, message.cursor.seq);
    } else if (message.kind === "pull" && message.stream === samplesStream && message.from.seq < seen.acked)
      this.faults.push(`${board}: asked for what is behind ${message.from.seq} though ${seen.acked} was acknowledged`);
  }
}
