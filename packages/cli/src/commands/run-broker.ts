import { brokerOptions, brokerProperties } from "../broker-settings.ts";
import type { RunCommand } from "../command.ts";
import { brokerPlan } from "../parts/broker-part.ts";
import { serveParts } from "../serve-parts.ts";

/** Kafka's default where neither `log.dirs` nor `log.dir` is set. */
const DEFAULT_LOG_DIR = "/tmp/kafka-logs";

export const runBroker: RunCommand = (context) => {
  const properties = brokerProperties(context);
  if (!properties.has("log.dirs") && !properties.has("log.dir")) properties.set("log.dirs", DEFAULT_LOG_DIR);
  if (!properties.has("listeners")) properties.set("listeners", "PLAINTEXT://:9092");
  return serveParts(context, {
    host: "127.0.0.1",
    logLevel: "info",
    parts: [brokerPlan({ ...brokerOptions(context, properties), defaults: "kafka" })],
    greeting: ({ bootstrap }) => `Broker ready at ${bootstrap}.\n`,
  });
};
