import type { Clock } from "../../../shared/base/clock.ts";
import type { LimitSettings } from "../../../shared/broker/broker-settings.ts";
import { FilterTable } from "../../../shared/broker/filter-table.ts";
import type { BrokerCounters } from "../broker-counters.ts";
import type { Qos } from "../qos.ts";
import type { GroupCommit } from "./group-commit.ts";
import { type Delivery, Session, type StoredSubscription } from "./session.ts";
import { decodeRecord, decodeSession, encodeRecord, encodeSession, type StoredMessage } from "./store-record.ts";

export interface SessionStoreParts {
  readonly commit: GroupCommit;
  readonly clock: Clock;
  readonly limits: LimitSettings;
  readonly counters: BrokerCounters;
}

const sessionKey = (session: Session): string => `s/${session.number}`;
const deliveryKey = (session: Session, seq: number): string => `q/${session.number}/${seq.toString(36).padStart(10, "0")}`;
const incomingKey = (session: Session, id: number): string => `i/${session.number}/${id}`;
const overhead = 64;
const sizeOf = (message: StoredMessage): number => message.payload.length + message.topic.length + overhead;

function recordOf({ clientId, principal, subscriptions }: Session): Buffer {
  return encodeSession({ clientId, principal, subscriptions: [...subscriptions.values()].map(({ topic, qos }) => [topic, qos] as const) });
}

/** One delivery per session, with the highest QoS that one of its filters asks for. MQTT 3.1.1 §3.3.5. */
function strongest(found: readonly StoredSubscription[]): readonly StoredSubscription[] {
  const best = new Map<Session, StoredSubscription>();
  for (const one of found) {
    const other = best.get(one.session);
    if (other === undefined || other.qos < one.qos) best.set(one.session, one);
  }
  return [...best.values()];
}

/** Stored sessions. Memory is the truth; every change is handed to the group commit. */
export class SessionStore {
  readonly #parts: SessionStoreParts;
  readonly #sessions = new Map<string, Session>();
  readonly #filters = new FilterTable<StoredSubscription>({ merge: strongest });
  #nextNumber = 1;
  /** Messages and bytes in all queues. */
  messages = 0;
  bytes = 0;

  constructor(parts: SessionStoreParts) {
    this.#parts = parts;
  }

  /** Takes one record of the store back in, at start. @returns false when it is damaged or belongs to no session */
  load(key: string, value: Buffer, numbers: Map<number, Session>): boolean {
    const [kind, number = "", tail = ""] = key.split("/", 3);
    if (kind === "s") {
      const head = decodeSession(value);
      if (head === undefined) return false;
      const session = this.#begin(Number(number), head.clientId, head.principal);
      numbers.set(session.number, session);
      for (const [filter, qos] of head.subscriptions) this.#addFilter(session, filter, qos);
      return true;
    }
    const session = numbers.get(Number(number));
    if (session === undefined) return false;
    if (kind === "i") {
      session.incoming.add(Number(tail));
      return true;
    }
    const record = decodeRecord(value);
    if (record === undefined) return false;
    const seq = Number.parseInt(tail, 36);
    session.nextSeq = Math.max(session.nextSeq, seq + 1);
    const { id, released, ...message } = record;
    this.#append(session, { seq, message, id, released });
    return true;
  }

  /** Has all of it written once more: the disk lost some. */
  writeAgain(): void {
    for (const session of this.#sessions.values()) {
      this.#save(session);
      for (const delivery of session.queue.values()) this.#put(session, delivery);
      for (const id of session.incoming) this.#parts.commit.put(incomingKey(session, id), Buffer.alloc(0));
    }
  }

  get size(): number {
    return this.#sessions.size;
  }

  all(): Iterable<Session> {
    return this.#sessions.values();
  }

  get(clientId: string): Session | undefined {
    return this.#sessions.get(clientId);
  }

  /** The session of a client, new when there is none; `undefined` when there is no room for another. */
  ensure(clientId: string, principal: string): Session | undefined {
    const known = this.#sessions.get(clientId);
    if (known !== undefined) return known;
    if (this.#sessions.size >= this.#parts.limits.sessions) return undefined;
    const session = this.#begin(this.#nextNumber, clientId, principal);
    this.#parts.commit.create(sessionKey(session), recordOf(session));
    return session;
  }

  /** Forgets a session with all that belongs to it. */
  drop(session: Session): void {
    if (this.#sessions.get(session.clientId) !== session) return;
    this.#sessions.delete(session.clientId);
    for (const subscription of session.subscriptions.values()) this.#filters.remove(subscription.topic, subscription);
    for (const delivery of [...session.queue.values()]) this.#take(session, delivery);
    for (const id of session.incoming) this.#parts.commit.remove(incomingKey(session, id));
    this.#parts.commit.remove(sessionKey(session));
  }

  subscribe(session: Session, filter: string, qos: Qos): void {
    if (session.subscriptions.get(filter)?.qos === qos) return;
    this.#addFilter(session, filter, qos);
    this.#save(session);
  }

  unsubscribe(session: Session, filter: string): void {
    const subscription = session.subscriptions.get(filter);
    if (subscription === undefined) return;
    session.subscriptions.delete(filter);
    this.#filters.remove(filter, subscription);
    this.#save(session);
  }

  /** Sessions that a message of QoS 1 or 2 on this topic is stored for, each once. */
  match(topic: string): readonly StoredSubscription[] {
    return this.#filters.match(topic);
  }

  /** Puts a message into a session's queue; `undefined` when a bound made it drop. */
  enqueue(session: Session, message: StoredMessage): Delivery | undefined {
    const { limits, counters } = this.#parts;
    const size = sizeOf(message);
    if (session.queue.size >= limits.offlineMessages) counters.dropped.offline_messages++;
    else if (session.bytes + size > limits.offlineBytes) counters.dropped.offline_bytes++;
    else if (this.bytes + size > limits.offlineTotalBytes) counters.dropped.offline_total++;
    else {
      const delivery: Delivery = { seq: session.nextSeq++, message, id: 0, released: false };
      this.#append(session, delivery);
      this.#parts.commit.create(deliveryKey(session, delivery.seq), encodeRecord(message, delivery));
      return delivery;
    }
    return undefined;
  }

  /** Gives a delivery its packet id, one that no other delivery of the session has. */
  assign(session: Session, delivery: Delivery, takeId: () => number): void {
    let id = takeId();
    while (session.byId.has(id)) id = takeId();
    delivery.id = id;
    session.byId.set(id, delivery);
    this.#put(session, delivery);
  }

  /** PUBREC came: from now on only PUBREL is sent. MQTT 3.1.1 §4.3.3. */
  release(session: Session, id: number): void {
    const delivery = session.byId.get(id);
    if (delivery === undefined || delivery.released) return;
    delivery.released = true;
    this.#put(session, delivery);
  }

  /** PUBACK or PUBCOMP came: the delivery is over. */
  settle(session: Session, id: number): void {
    const delivery = session.byId.get(id);
    if (delivery !== undefined) this.#take(session, delivery);
  }

  /** Takes away queued messages that the client may not have any more. */
  purge(session: Session, allowed: (topic: string) => boolean): void {
    for (const delivery of [...session.queue.values()]) {
      if (delivery.released || allowed(delivery.message.topic)) continue;
      this.#take(session, delivery);
      this.#parts.counters.dropped.revoked++;
    }
  }

  /** @returns false when the client has too many unfinished QoS 2 messages */
  addIncoming(session: Session, id: number): boolean {
    if (!session.incoming.has(id) && session.incoming.size >= this.#parts.limits.inFlight) return false;
    if (!session.incoming.has(id)) this.#parts.commit.create(incomingKey(session, id), Buffer.alloc(0));
    session.incoming.add(id);
    return true;
  }

  removeIncoming(session: Session, id: number): void {
    if (session.incoming.delete(id)) this.#parts.commit.remove(incomingKey(session, id));
  }

  /** The client is gone: the time to expiry begins. */
  leave(session: Session): void {
    session.connection = undefined;
    session.expires = this.#parts.clock.monotonic() + this.#parts.limits.sessionExpiry;
  }

  /** Sessions whose client did not come back in time. */
  expired(): Session[] {
    const now = this.#parts.clock.monotonic();
    return [...this.#sessions.values()].filter((session) => session.connection === undefined && session.expires <= now);
  }

  #begin(number: number, clientId: string, principal: string): Session {
    const session = new Session(number, clientId, principal);
    this.#sessions.set(clientId, session);
    this.#nextNumber = Math.max(this.#nextNumber, number + 1);
    this.leave(session);
    return session;
  }

  #addFilter(session: Session, filter: string, qos: Qos): void {
    const old = session.subscriptions.get(filter);
    if (old !== undefined) this.#filters.remove(filter, old);
    const subscription: StoredSubscription = { session, topic: filter, qos };
    session.subscriptions.set(filter, subscription);
    if (qos > 0) this.#filters.add(filter, subscription);
  }

  #save(session: Session): void {
    this.#parts.commit.put(sessionKey(session), recordOf(session));
  }

  #put(session: Session, delivery: Delivery): void {
    this.#parts.commit.put(deliveryKey(session, delivery.seq), encodeRecord(delivery.message, delivery));
  }

  #append(session: Session, delivery: Delivery): void {
    const size = sizeOf(delivery.message);
    session.queue.set(delivery.seq, delivery);
    if (delivery.id !== 0) session.byId.set(delivery.id, delivery);
    session.bytes += size;
    this.bytes += size;
    this.messages++;
  }

  #take(session: Session, delivery: Delivery): void {
    const size = sizeOf(delivery.message);
    session.queue.delete(delivery.seq);
    if (delivery.id !== 0) session.byId.delete(delivery.id);
    session.bytes -= size;
    this.bytes -= size;
    this.messages--;
    this.#parts.commit.remove(deliveryKey(session, delivery.seq));
  }
}
