import { type ConfigKey, configKey } from "@ottla/base";
import { anyList } from "../validators.ts";

/** The settings of a client metrics subscription. Facts: Apache Kafka 4.4.0. */
export const clientMetricsConfigKeys: readonly ConfigKey[] = [
  configKey("interval.ms", "int", "300000", "How often the clients that match push their metrics.", { effect: "none" }),
  configKey(
    "match",
    "list",
    "",
    "Which clients push, as `attribute=pattern` pairs over client_id, client_instance_id, client_software_name, client_software_version, client_source_address and client_source_port; empty means all.",
    { validator: anyList(), effect: "none" },
  ),
  configKey("metrics", "list", "", "Which metrics they push, as prefixes of names; empty means none, `*` all.", {
    validator: anyList(),
    effect: "none",
  }),
];
