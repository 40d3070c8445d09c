import { type Static, Type } from "typebox";
import { durationPattern } from "../base/duration.ts";

const Duration = (description: string) => Type.Optional(Type.String({ pattern: durationPattern, description }));
const Count = (minimum: number, maximum: number, description: string) => Type.Optional(Type.Integer({ minimum, maximum, description }));
const Filters = (description: string) => Type.Optional(Type.Array(Type.String({ minLength: 1 }), { description }));

/** One address the broker listens on. */
export const ListenerConfig = Type.Object(
  {
    protocol: Type.Union([Type.Literal("mqtt"), Type.Literal("mqtts"), Type.Literal("ws"), Type.Literal("wss")], {
      description: "mqtt (TCP), mqtts (TLS), ws (WebSocket), wss (WebSocket over TLS)",
    }),
    host: Type.Optional(
      Type.String({ minLength: 1, description: "address to listen on; default 127.0.0.1; beyond loopback only with TLS and accounts" }),
    ),
    port: Count(0, 65_535, "default 1883, mqtts 8883, ws 9001, wss 9002; 0 takes any free one"),
    certificate: Type.Optional(Type.String({ minLength: 1, description: "mqtts, wss: PEM file of the certificate chain" })),
    key: Type.Optional(Type.String({ minLength: 1, description: "mqtts, wss: PEM file of the private key" })),
    authority: Type.Optional(
      Type.String({ minLength: 1, description: "mqtts, wss: PEM file of the authorities a client's certificate must come from" }),
    ),
    origins: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), { description: "ws, wss: web origins whose pages may connect; default none" }),
    ),
  },
  { $id: "ListenerConfig", additionalProperties: false },
);
export type ListenerConfig = Static<typeof ListenerConfig>;

/** Bounds that keep one client from harming the others. */
export const BrokerLimits = Type.Object(
  {
    clients: Count(1, 100_000, "clients connected at once; default 500"),
    halfOpen: Count(1, 10_000, "connections that have not sent CONNECT yet; the oldest gives way; default 64"),
    connectTimeout: Duration("from the connection to CONNECT, TLS included; at most 10 s; default 5 s"),
    connectBytes: Count(256, 65_536, "size of CONNECT; default 8192"),
    packetBytes: Count(1024, 268_435_455, "size of any other packet; default 262144"),
    topicBytes: Count(16, 65_535, "length of a topic or filter; default 1024"),
    topicLevels: Count(4, 100, "levels of a topic or filter; default 32"),
    keepalive: Duration("longest keepalive a client may ask for; longer, or none, is refused; default 20 min"),
    inFlight: Count(1, 65_535, "QoS 2 messages from one client that are not complete; default 100"),
    outFlight: Count(1, 65_535, "QoS 1 and 2 messages to one client that it has not acknowledged; default 20000"),
    subscriptions: Count(1, 100_000, "filters of one client; default 200"),
    outSoftBytes: Count(65_536, 1_073_741_824, "unsent bytes of one client above which its QoS 0 messages are dropped; default 262144"),
    outHardBytes: Count(65_536, 1_073_741_824, "unsent bytes of one client above which it is disconnected; default 8388608"),
    sessions: Count(1, 100_000, "sessions kept for clients that come back; default 500"),
    sessionExpiry: Duration("how long a session waits for its client; default 7 d"),
    offlineMessages: Count(1, 1_000_000, "messages waiting in one session; default 5000"),
    offlineBytes: Count(1024, 1_073_741_824, "bytes waiting in one session; default 2097152"),
    offlineTotalBytes: Count(1024, 4_294_967_296, "bytes waiting in all sessions; default 16777216"),
    retainedMessages: Count(0, 1_000_000, "retained messages; default 10000"),
    retainedBytes: Count(0, 1_073_741_824, "bytes of retained messages; default 8388608"),
    logins: Count(1, 16, "passwords checked at once; default 1, since one check takes 19 MiB"),
  },
  { $id: "BrokerLimits", additionalProperties: false },
);
export type BrokerLimits = Static<typeof BrokerLimits>;

/** The board's MQTT 3.1.1 broker. */
export const BrokerConfig = Type.Object(
  {
    listeners: Type.Optional(Type.Array(ListenerConfig, { maxItems: 16, description: "default: mqtt on 127.0.0.1:1883" })),
    accounts: Type.Optional(Type.String({ minLength: 1, description: "JSON file of accounts and their rights; default: none" })),
    anonymous: Type.Optional(
      Type.Boolean({ description: "let clients in without a name, on loopback only; default: true when there is no accounts file" }),
    ),
    anonymousRules: Type.Optional(
      Type.Object(
        {
          publish: Filters("what anonymous clients may publish; default #; never what the board itself publishes"),
          subscribe: Filters("what anonymous clients may subscribe to; default #"),
        },
        { additionalProperties: false },
      ),
    ),
    commitInterval: Duration("longest wait before a change that nobody waits for goes to disk; default 200 ms"),
    limits: Type.Optional(BrokerLimits),
  },
  { $id: "BrokerConfig", additionalProperties: false },
);
export type BrokerConfig = Static<typeof BrokerConfig>;
