import { type ConfigKey, configKey } from "@ottla/base";
import { atLeast } from "../validators.ts";

/** Broker settings: quota. Facts: Apache Kafka 4.4.0. */
export const quotaConfigKeys: readonly ConfigKey[] = [
  configKey("alter.log.dirs.replication.quota.window.num", "int", "11", "How many samples measure the copying between data directories.", {
    validator: atLeast(1),
    importance: "low",
    effect: "none",
  }),
  configKey("alter.log.dirs.replication.quota.window.size.seconds", "int", "1", "The length of each such sample.", {
    validator: atLeast(1),
    importance: "low",
    effect: "none",
  }),
  configKey("client.quota.callback.class", "class", null, "A Java class that decides about client quotas.", {
    importance: "low",
    effect: "none",
  }),
  configKey("controller.quota.window.num", "int", "11", "How many samples measure a client's changes to topics.", {
    validator: atLeast(1),
    importance: "low",
  }),
  configKey("controller.quota.window.size.seconds", "int", "1", "The length of each such sample.", {
    validator: atLeast(1),
    importance: "low",
  }),
  configKey(
    "follower.replication.throttled.rate",
    "long",
    "9223372036854775807",
    "The most bytes per second that throttled follower replicas may copy.",
    {
      validator: atLeast(0),
      dynamic: "cluster-wide",
      internal: true,
      effect: "none",
    },
  ),
  configKey(
    "leader.replication.throttled.rate",
    "long",
    "9223372036854775807",
    "The most bytes per second that leaders may send to throttled replicas.",
    {
      validator: atLeast(0),
      dynamic: "cluster-wide",
      internal: true,
      effect: "none",
    },
  ),
  configKey("quota.window.num", "int", "11", "How many samples measure a client's traffic.", {
    validator: atLeast(1),
    importance: "low",
  }),
  configKey("quota.window.size.seconds", "int", "1", "The length of each such sample.", {
    validator: atLeast(1),
    importance: "low",
  }),
  configKey(
    "replica.alter.log.dirs.io.max.bytes.per.second",
    "long",
    "9223372036854775807",
    "The most bytes per second that moves between data directories may copy.",
    { validator: atLeast(0), dynamic: "cluster-wide", internal: true, effect: "none" },
  ),
  configKey("replication.quota.window.num", "int", "11", "How many samples measure replication traffic.", {
    validator: atLeast(1),
    importance: "low",
    effect: "none",
  }),
  configKey("replication.quota.window.size.seconds", "int", "1", "The length of each such sample.", {
    validator: atLeast(1),
    importance: "low",
    effect: "none",
  }),
];
