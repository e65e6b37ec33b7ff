import { type ConfigKey, configKey } from "@ottla/base";
import { anyList, atLeast, nonEmptyList } from "../validators.ts";

/** Broker settings: network. Facts: Apache Kafka 4.4.0. */
export const networkConfigKeys: readonly ConfigKey[] = [
  configKey(
    "advertised.listeners",
    "list",
    null,
    "The addresses that clients are told to connect to, as `NAME://host:port`; by default those of `listeners`, with the real port where port 0 was asked for.",
    { validator: nonEmptyList(), importance: "high" },
  ),
  configKey(
    "connection.failed.authentication.delay.ms",
    "int",
    "100",
    "How long a connection stays open, unanswered, after a failed login, to slow down guessing.",
    { validator: atLeast(0), importance: "low" },
  ),
  configKey("connections.max.idle.ms", "long", "600000", "After how long without a request a connection is closed."),
  configKey("early.start.listeners", "list", null, "Listeners that accept requests before the authorizer is ready.", {
    validator: anyList(),
    importance: "high",
    effect: "none",
  }),
  configKey(
    "inter.broker.listener.name",
    "string",
    null,
    "The listener that brokers use among themselves; there is no traffic between virtual brokers.",
    {
      effect: "none",
    },
  ),
  configKey(
    "listener.security.protocol.map",
    "string",
    "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT",
    "Which security protocol each listener name stands for, as `NAME:PROTOCOL` pairs.",
    { importance: "low", dynamic: "per-broker" },
  ),
  configKey(
    "listeners",
    "list",
    "PLAINTEXT://:9092",
    "The addresses to listen on, as `NAME://host:port`; an empty host means all interfaces, port 0 any free port.",
    { validator: nonEmptyList(), importance: "high", dynamic: "per-broker" },
  ),
  configKey(
    "max.connection.creation.rate",
    "int",
    "2147483647",
    "How many new connections per second the broker accepts; more must wait.",
    {
      validator: atLeast(0),
      dynamic: "cluster-wide",
    },
  ),
  configKey(
    "max.connections",
    "int",
    "2147483647",
    "How many connections may be open at once; one more is closed right after it was accepted.",
    {
      validator: atLeast(0),
      dynamic: "cluster-wide",
    },
  ),
  configKey("max.connections.per.ip", "int", "2147483647", "How many connections one address may hold open at once.", {
    validator: atLeast(0),
    dynamic: "cluster-wide",
  }),
  configKey(
    "max.connections.per.ip.overrides",
    "string",
    "",
    "Other limits than max.connections.per.ip for some addresses, as `address:count` pairs with commas between them. Names of hosts are not looked up.",
    {
      dynamic: "cluster-wide",
    },
  ),
  configKey(
    "num.network.threads",
    "int",
    "3",
    "Threads that move bytes between sockets and requests. Ottla serves all sockets from one event loop.",
    {
      validator: atLeast(1),
      importance: "high",
      dynamic: "cluster-wide",
      effect: "none",
    },
  ),
  configKey(
    "queued.max.request.bytes",
    "long",
    "-1",
    "How many bytes of requests may wait before the broker stops reading; −1 sets no limit.",
    {
      effect: "none",
    },
  ),
  configKey("queued.max.requests", "int", "500", "How many requests may wait for a worker thread before the broker stops reading.", {
    validator: atLeast(1),
    importance: "high",
    effect: "none",
  }),
  configKey("request.timeout.ms", "int", "30000", "How long the broker waits for the answer to a request of its own.", {
    importance: "high",
    effect: "none",
  }),
  configKey(
    "socket.connection.setup.timeout.max.ms",
    "long",
    "30000",
    "The longest that the broker's own attempt to connect may take after several failures.",
    { effect: "none" },
  ),
  configKey("socket.connection.setup.timeout.ms", "long", "10000", "How long the broker's own first attempt to connect may take.", {
    effect: "none",
  }),
  configKey("socket.listen.backlog.size", "int", "50", "How many connections the system may hold ready before they are accepted.", {
    validator: atLeast(1),
    effect: "none",
  }),
  configKey("socket.receive.buffer.bytes", "int", "102400", "The receive buffer of each socket; −1 leaves it to the system.", {
    importance: "high",
    effect: "none",
  }),
  configKey("socket.request.max.bytes", "int", "104857600", "The largest request the broker reads; a larger frame closes its connection.", {
    validator: atLeast(1),
    importance: "high",
  }),
  configKey("socket.send.buffer.bytes", "int", "102400", "The send buffer of each socket; −1 leaves it to the system.", {
    importance: "high",
    effect: "none",
  }),
];
