import { type ConfigKey, configKey } from "@ottla/base";
import { anyList, atLeast } from "../validators.ts";

/** Broker settings: metrics. Facts: Apache Kafka 4.4.0. */
export const metricsConfigKeys: readonly ConfigKey[] = [
  configKey("kafka.metrics.polling.interval.secs", "int", "10", "How often Java metrics reporters of the older kind are asked.", {
    validator: atLeast(1),
    importance: "low",
    effect: "none",
  }),
  configKey("kafka.metrics.reporters", "list", "", "Java metrics reporters of the older kind.", {
    validator: anyList(),
    importance: "low",
    effect: "none",
  }),
  configKey("metric.reporters", "list", "org.apache.kafka.common.metrics.JmxReporter", "Java metrics reporters.", {
    validator: anyList(),
    importance: "low",
    dynamic: "cluster-wide",
    effect: "none",
  }),
  configKey("metrics.num.samples", "int", "2", "How many samples a rate is computed from.", {
    validator: atLeast(1),
    importance: "low",
    effect: "none",
  }),
  configKey("metrics.recording.level", "string", "INFO", "How many metrics are kept: INFO, DEBUG or TRACE.", {
    importance: "low",
    effect: "none",
  }),
  configKey("metrics.sample.window.ms", "long", "30000", "The length of each sample.", {
    validator: atLeast(1),
    importance: "low",
    effect: "none",
  }),
  configKey("telemetry.max.bytes", "int", "1048576", "The most bytes of metrics a client may push at once.", {
    validator: atLeast(1),
    importance: "low",
    effect: "none",
  }),
];
