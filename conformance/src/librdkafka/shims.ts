import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { requireKafkaClassPath } from "../kafka/jars.ts";
import { javaTools } from "../kafka/java-tool.ts";
import { cacheRoot } from "../paths.ts";

const shims = {
  "kafka-topics.sh": javaTools.topics,
  "kafka-configs.sh": javaTools.configs,
  "kafka-acls.sh": "org.apache.kafka.tools.AclCommand",
  "kafka-consumer-groups.sh": javaTools["consumer-groups"],
} as const;

const JVM = "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=error";

/** Writes Kafka's shell scripts that some tests call, as thin shims over the Java tools; returns the folder for KAFKA_PATH. */
export async function writeKafkaShims(): Promise<string> {
  const classPath = await requireKafkaClassPath();
  const folder = `${cacheRoot}/kafka-shims`;
  mkdirSync(`${folder}/bin`, { recursive: true });
  const write = (name: string, command: string): void => {
    const file = `${folder}/bin/${name}`;
    writeFileSync(file, `#!/bin/sh\nexec java ${JVM} ${command} "$@"\n`);
    chmodSync(file, 0o755);
  };
  for (const [name, mainClass] of Object.entries(shims)) write(name, `-cp '${classPath}' ${mainClass}`);
  // The suite's own programs in Java: it compiles them against libs/ and says in CLASSPATH where they lie.
  write("kafka-run-class.sh", `-cp "$CLASSPATH:${classPath}"`);
  const libs = `${folder}/libs`;
  if (!existsSync(libs)) {
    // One that points to where the jars were before the cache was moved.
    rmSync(libs, { force: true });
    symlinkSync(dirname(classPath.split(":")[0]!), libs);
  }
  return folder;
}
