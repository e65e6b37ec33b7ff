import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cacheRoot } from "../paths.ts";
import { runCommand } from "../process/child.ts";
import { requireProgram } from "../process/system-package.ts";
import { kafkaVersion } from "../../../tools/generate/scope.ts";

/** The Apache Kafka that ours is measured and checked against. */
export const KAFKA_VERSION: string = kafkaVersion;
const SLF4J_VERSION = "1.7.36";

const kafkaCache = `${cacheRoot}/kafka-${KAFKA_VERSION}`;
const jarFolder = `${kafkaCache}/jars`;
const manifestFile = `${kafkaCache}/complete.json`;

function writePom(): string {
  const dependency = (group: string, artifact: string, version: string): string =>
    `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  const pom = `${kafkaCache}/pom.xml`;
  writeFileSync(
    pom,
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>org.ottla</groupId><artifactId>conformance-jars</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>
${dependency("org.apache.kafka", "kafka_2.13", KAFKA_VERSION)}
${dependency("org.apache.kafka", "kafka-tools", KAFKA_VERSION)}
${dependency("org.slf4j", "slf4j-simple", SLF4J_VERSION)}
</dependencies></project>
`,
  );
  return pom;
}

function isComplete(): boolean {
  if (!existsSync(manifestFile)) return false;
  const sizes = JSON.parse(readFileSync(manifestFile, "utf8")) as Record<string, number>;
  return Object.entries(sizes).every(([name, size]) => {
    const file = `${jarFolder}/${name}`;
    return existsSync(file) && statSync(file).size === size;
  });
}

function writeManifest(): void {
  const sizes: Record<string, number> = {};
  for (const name of readdirSync(jarFolder)) sizes[name] = statSync(`${jarFolder}/${name}`).size;
  writeFileSync(manifestFile, JSON.stringify(sizes));
}

/** Makes sure that Java 17 can be run. */
export async function requireJava(): Promise<void> {
  await requireProgram("java", "openjdk-17-jre-headless");
}

/**
 * Apache Kafka's server, clients and tools as a Java class path, fetched by Maven once and kept in `.cache/kafka-VERSION/`.
 * An interrupted or damaged download is taken up again. Throws `MissingProgramError` when Maven or Java cannot be had.
 */
export async function requireKafkaClassPath(): Promise<string> {
  await requireJava();
  if (!isComplete()) {
    await requireProgram("mvn", "maven");
    mkdirSync(jarFolder, { recursive: true });
    rmSync(manifestFile, { force: true });
    const args = ["-q", "-B", "-f", writePom(), "dependency:copy-dependencies", `-DoutputDirectory=${jarFolder}`, "-DincludeScope=runtime"];
    const result = await runCommand("mvn", args, { timeoutMs: 900_000 });
    if (result.status !== 0) {
      throw new Error(`Maven could not fetch Apache Kafka ${KAFKA_VERSION}: ${(result.stdout + result.stderr).trim().slice(-600)}`);
    }
    writeManifest();
  }
  return `${jarFolder}/*`;
}
