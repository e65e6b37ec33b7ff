import { type ConfigKey, configKey } from "@ottla/base";
import { atLeast } from "../validators.ts";

/** Broker settings: replication. Facts: Apache Kafka 4.4.0. */
export const replicationConfigKeys: readonly ConfigKey[] = [
  configKey("auto.leader.rebalance.enable", "boolean", "true", "Whether leadership returns to the preferred replicas by itself.", {
    importance: "high",
    effect: "none",
  }),
  configKey("controlled.shutdown.enable", "boolean", "true", "Whether a broker hands its leaderships over before it stops.", {
    effect: "none",
  }),
  configKey("controller.socket.timeout.ms", "int", "30000", "How long the controller waits on its connections to brokers.", {
    effect: "none",
  }),
  configKey(
    "leader.imbalance.check.interval.seconds",
    "long",
    "300",
    "How often the controller looks whether leaders should return to their preferred replicas.",
    { validator: atLeast(1), importance: "high", effect: "none" },
  ),
  configKey("num.replica.alter.log.dirs.threads", "int", null, "Threads that move replicas between data directories.", {
    importance: "high",
    effect: "none",
  }),
  configKey("num.replica.fetchers", "int", "1", "Connections over which a follower copies from each leader.", {
    validator: atLeast(1),
    importance: "high",
    dynamic: "cluster-wide",
    effect: "none",
  }),
  configKey("replica.fetch.backoff.ms", "int", "1000", "How long a follower waits after a partition's fetch failed.", {
    validator: atLeast(0),
    effect: "none",
  }),
  configKey("replica.fetch.max.bytes", "int", "1048576", "How many bytes a follower asks for per partition.", {
    validator: atLeast(0),
    effect: "none",
  }),
  configKey("replica.fetch.min.bytes", "int", "1", "How many bytes a follower waits for, at most replica.fetch.wait.max.ms long.", {
    importance: "high",
    effect: "none",
  }),
  configKey("replica.fetch.response.max.bytes", "int", "10485760", "How many bytes a follower takes in one answer.", {
    validator: atLeast(0),
    effect: "none",
  }),
  configKey("replica.fetch.wait.max.ms", "int", "500", "How long a leader may hold back a follower's fetch that finds too little.", {
    importance: "high",
    effect: "none",
  }),
  configKey("replica.high.watermark.checkpoint.interval.ms", "long", "5000", "How often high watermarks are written to disk.", {
    importance: "high",
    effect: "none",
  }),
  configKey("replica.lag.time.max.ms", "long", "30000", "How long a follower may be behind before it leaves the in-sync set.", {
    importance: "high",
    effect: "none",
  }),
  configKey("replica.selector.class", "string", null, "A Java class that chooses the replica a consumer should read from.", {
    effect: "none",
  }),
  configKey("replica.socket.receive.buffer.bytes", "int", "65536", "The receive buffer of a follower's connection to its leader.", {
    importance: "high",
    effect: "none",
  }),
  configKey("replica.socket.timeout.ms", "int", "30000", "How long a follower waits on its connection to the leader.", {
    importance: "high",
    effect: "none",
  }),
  configKey(
    "unclean.leader.election.interval.ms",
    "long",
    "300000",
    "How often the controller considers unclean elections for partitions without leader.",
    {
      validator: atLeast(1),
      internal: true,
      effect: "none",
    },
  ),
];
