import type { Qos } from "../qos.ts";
import type { MqttConnection } from "../wire/mqtt-connection.ts";
import type { StoredMessage } from "./store-record.ts";

/** One message on its way to a session's client. */
export interface Delivery {
  /** Counts up within the session; part of the key in the store. */
  readonly seq: number;
  readonly message: StoredMessage;
  /** Packet id, 0 before it was first sent. MQTT 3.1.1 §4.4: it stays the same when sent again. */
  id: number;
  /** True when PUBREC came and only PUBREL and PUBCOMP are left. */
  released: boolean;
}

/** What a filter of a session asks for. */
export interface StoredSubscription {
  readonly session: Session;
  /** Aedes looks at the first character. */
  readonly topic: string;
  readonly qos: Qos;
}

/** State of a client that connects with clean session 0: outlives its connections and the process. MQTT 3.1.1 §4.1. */
export class Session {
  /** Stands for the client id in the keys of the store. */
  readonly number: number;
  readonly clientId: string;
  /** Whose session it is: nobody else may take it over. */
  readonly principal: string;
  readonly subscriptions = new Map<string, StoredSubscription>();
  /** In the order of arrival. */
  readonly queue = new Map<number, Delivery>();
  readonly byId = new Map<number, Delivery>();
  /** Packet ids of QoS 2 messages from the client that it has not released yet. */
  readonly incoming = new Set<number>();
  /** The client's connection while it has one. */
  connection: MqttConnection | undefined;
  /** Bytes in `queue`. */
  bytes = 0;
  nextSeq = 1;
  /** Monotonic time at which it expires, while it has no connection. */
  expires = 0;

  constructor(number: number, clientId: string, principal: string) {
    this.number = number;
    this.clientId = clientId;
    this.principal = principal;
  }

  /** True when there is nothing to keep for a client that is gone. */
  get empty(): boolean {
    return this.subscriptions.size === 0 && this.queue.size === 0 && this.incoming.size === 0;
  }
}
