import { type ConfigKey, configKey } from "@ottla/base";
import { anyList, atLeast, nonEmptyList } from "../validators.ts";

/** Broker settings: server. Facts: Apache Kafka 4.4.0. */
export const serverConfigKeys: readonly ConfigKey[] = [
  configKey("broker.id", "int", "-1", "The broker's number; the older name of node.id.", { importance: "high" }),
  configKey(
    "broker.rack",
    "string",
    null,
    "Where the broker stands, such as a zone's name; clients are told, and replicas are spread over racks.",
  ),
  configKey("config.providers", "list", "", "Names of Java classes that fetch setting values from elsewhere.", {
    validator: anyList(),
    importance: "low",
    dynamic: "cluster-wide",
    effect: "none",
  }),
  configKey("node.id", "int", undefined, "The broker's number, unique in the cluster; with several virtual brokers, that of the first.", {
    validator: atLeast(0),
    importance: "high",
  }),
  configKey(
    "num.io.threads",
    "int",
    "8",
    "Threads that work on requests. Ottla works on its event loop and leaves disk reads to the runtime's pool.",
    {
      validator: atLeast(1),
      importance: "high",
      dynamic: "cluster-wide",
      effect: "none",
    },
  ),
  configKey("process.roles", "list", undefined, "Whether the process is a `broker`, a `controller` or both. Ottla always is both.", {
    validator: nonEmptyList("broker", "controller"),
    importance: "high",
    effect: "none",
  }),
  configKey("server.max.startup.time.ms", "long", "9223372036854775807", "How long the start may take before the process gives up.", {
    validator: atLeast(0),
    internal: true,
    effect: "none",
  }),
  configKey("unstable.api.versions.enable", "boolean", "false", "Whether API versions still being worked on are offered.", {
    importance: "high",
    internal: true,
    effect: "none",
  }),
  configKey("unstable.feature.versions.enable", "boolean", "false", "Whether feature levels still being worked on are offered.", {
    importance: "high",
    internal: true,
    effect: "none",
  }),
];
