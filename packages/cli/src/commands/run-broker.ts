import { brokerProperties, serveUntilStopped, startBrokerProcess } from "../broker-process.ts";
import type { RunCommand } from "../command.ts";

/** Kafka's default where neither `log.dirs` nor `log.dir` is set. */
const DEFAULT_LOG_DIR = "/tmp/kafka-logs";

export const runBroker: RunCommand = async (context) => {
  const properties = brokerProperties(context);
  if (!properties.has("log.dirs") && !properties.has("log.dir")) properties.set("log.dirs", DEFAULT_LOG_DIR);
  if (!properties.has("listeners")) properties.set("listeners", "PLAINTEXT://:9092");
  const broker = await startBrokerProcess(context, properties, { defaults: "kafka", logLevel: "info" });
  if (broker === undefined) return 0;
  await serveUntilStopped(context, broker, `Broker ready at ${broker.bootstrap}.\n`);
  return 0;
};
