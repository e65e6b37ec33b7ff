import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { cacheRoot } from "../paths.ts";
import { requireKafkaClassPath } from "../kafka/jars.ts";
import { javaTools } from "../kafka/java-tool.ts";

const shims = {
  "kafka-topics.sh": javaTools.topics,
  "kafka-configs.sh": javaTools.configs,
  "kafka-acls.sh": "org.apache.kafka.tools.AclCommand",
  "kafka-consumer-groups.sh": javaTools["consumer-groups"],
} as const;

/** Writes Kafka's shell scripts that some tests call, as thin shims over the Java tools; returns the folder for KAFKA_PATH. */
export async function writeKafkaShims(): Promise<string> {
  const classPath = await requireKafkaClassPath();
  const folder = `${cacheRoot}/kafka-shims`;
  mkdirSync(`${folder}/bin`, { recursive: true });
  for (const [name, mainClass] of Object.entries(shims)) {
    const file = `${folder}/bin/${name}`;
    writeFileSync(
      file,
      `#!/bin/sh\nexec java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp '${classPath}' ${mainClass} "$@"\n`,
    );
    chmodSync(file, 0o755);
  }
  return folder;
}
