import { brokerOptions, brokerProperties } from "../broker-settings.ts";
import type { RunCommand } from "../command.ts";
import { metricsNote, metricsParts } from "../metrics-option.ts";
import { brokerPlan } from "../parts/broker-part.ts";
import { serveParts } from "../serve-parts.ts";

/** Kafka's default where neither `log.dirs` nor `log.dir` is set. */
const DEFAULT_LOG_DIR = "/tmp/kafka-logs";

export const runBroker: RunCommand = async (context) => {
  const properties = brokerProperties(context);
  if (!properties.has("log.dirs") && !properties.has("log.dir")) properties.set("log.dirs", DEFAULT_LOG_DIR);
  if (!properties.has("listeners")) properties.set("listeners", "PLAINTEXT://:9092");
  const broker = brokerPlan({ ...brokerOptions(context, properties), defaults: "kafka" });
  return serveParts(context, {
    host: "127.0.0.1",
    logLevel: "info",
    parts: [...(await metricsParts(context, broker)), broker],
    greeting: ({ bootstrap, metrics }) => `Broker ready at ${bootstrap}.\n${metricsNote(metrics)}`,
  });
};
