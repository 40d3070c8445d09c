import type { Client } from "aedes";
import type { BrokerStore } from "../store/broker-store.ts";
import type { MqttConnection } from "../wire/mqtt-connection.ts";
import type { BrokerGate } from "./broker-gate.ts";

export interface RightsReviewParts {
  readonly gate: BrokerGate;
  readonly store: BrokerStore;
  readonly connections: ReadonlyMap<MqttConnection, Client>;
}

/** Takes away what the rules do not allow any more: live and stored subscriptions, what waits in queues, and retained messages. */
export function reviewRights({ gate, store, connections }: RightsReviewParts): void {
  const { sessions, retained } = store;
  for (const session of [...sessions.all()]) {
    const rights = gate.currentRights(session.principal, session.clientId);
    if (rights === undefined) {
      sessions.drop(session);
      continue;
    }
    for (const filter of [...session.subscriptions.keys()]) if (!rights.maySubscribe(filter)) sessions.unsubscribe(session, filter);
    sessions.purge(session, (topic) => rights.maySubscribe(topic));
  }
  for (const [connection, client] of connections) {
    if (connection.rights === undefined) continue;
    const rights = gate.currentRights(connection.rights.principal, connection.clientId);
    if (rights === undefined) {
      connection.cut("revoked");
      continue;
    }
    connection.rights = rights;
    const refused = [...connection.granted.keys()].filter((filter) => !rights.maySubscribe(filter));
    for (const filter of refused) connection.granted.delete(filter);
    if (refused.length > 0) client.unsubscribe({ cmd: "unsubscribe", unsubscriptions: refused }, () => undefined);
  }
  retained.purge(({ principal, topic }) => gate.mayStillPublish(principal, topic));
}
