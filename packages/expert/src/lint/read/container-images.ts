import type { KafkaVersion } from "../../catalogue/settings-catalogue.ts";

/** How an image takes settings from its environment. */
export interface ImageRules {
  readonly prefix: string;
  /** The setting that a variable without its prefix stands for. */
  readonly keyOf: (name: string) => string;
  /** Variables that are the image's own, or Java's. */
  readonly isForeign: (name: string) => boolean;
  readonly version: KafkaVersion | undefined;
  /** `4.2.0`, where the tag says all of it. */
  readonly release: string | undefined;
}

/** Separators by how many underscores stand for them, one first. */
type Separators = readonly [string, string, string];

const APACHE: Separators = [".", "_", "-"];
const CONFLUENT: Separators = [".", "-", "_"];

const OF_SCRIPTS =
  /^(HEAP_OPTS|OPTS|JMX_|LOG4J_|LOG_LEVEL|GC_LOG|JVM_PERFORMANCE_OPTS|DEBUG|LOG_DIR$|CLUSTER_ID|VERSION$|HOME$|PLUGIN_PATH$|MOUNTED_|CREATE_TOPICS|ADVERTISED_(HOST_NAME|PORT)$|PORT$|HOST_NAME$|HOSTNAME_COMMAND|PORT_COMMAND|BROKER_ID_COMMAND|RACK_COMMAND|ZOOKEEPER_PROTOCOL|KRAFT_|CLIENT_(USERS|PASSWORDS|LISTENER)|INTER_BROKER_(USER|PASSWORD)|CONTROLLER_(USER|PASSWORD)|CERTIFICATE_|TLS_|SSL_(KEYSTORE_FILENAME|KEYSTORE_CREDENTIALS|KEY_CREDENTIALS|TRUSTSTORE_FILENAME|TRUSTSTORE_CREDENTIALS))/;

/** The rules of an image that is one of the usual ones; undefined for others. */
export function rulesOfImage(image: string): ImageRules | undefined {
  const [, name = "", tag = ""] = /^(?:.*\/)?([^/:@]+\/[^/:@]+|[^/:@]+)(?::([^@]+))?(?:@.*)?$/.exec(image) ?? [];
  const path = /(?:^|\/)([\w.-]+\/[\w.-]+)(?::|@|$)/.exec(image)?.[1] ?? name;
  if (/^apache\/kafka(-native)?$/.test(path)) return rules("KAFKA_", APACHE, versionOfKafka(tag), releaseOfKafka(tag));
  if (/^confluentinc\/(cp-kafka|cp-server|confluent-local)$/.test(path)) return rules("KAFKA_", CONFLUENT, confluentVersion(tag));
  if (/^confluentinc\/(cp-kafka-connect(-base)?|cp-server-connect(-base)?)$/.test(path))
    return rules("CONNECT_", CONFLUENT, confluentVersion(tag));
  if (/^confluentinc\/cp-schema-registry$/.test(path)) return rules("SCHEMA_REGISTRY_", CONFLUENT, undefined);
  if (/^bitnami(legacy)?\/kafka$/.test(path)) return rules("KAFKA_CFG_", [".", "_", "-"], versionOfKafka(tag), releaseOfKafka(tag));
  return undefined;
}

/** An image that is filled in elsewhere, or somebody's own: variables that only Kafka's images read make it one of them. How it spells dashes is not known. */
export function rulesOfVariables(names: readonly string[]): ImageRules | undefined {
  const isKafka = names.some((name) =>
    /^KAFKA_(PROCESS_ROLES|ADVERTISED_LISTENERS|ZOOKEEPER_CONNECT|CONTROLLER_QUORUM_VOTERS)$/.test(name),
  );
  if (!isKafka) return undefined;
  // With ZooKeeper it can be no newer one.
  const apache = rules("KAFKA_", APACHE, names.includes("KAFKA_ZOOKEEPER_CONNECT") ? "3.9" : undefined);
  return { ...apache, isForeign: (name) => name.includes("__") || apache.isForeign(name) };
}

function rules(prefix: string, separators: Separators, version: KafkaVersion | undefined, release?: string): ImageRules {
  return {
    prefix,
    version,
    release,
    keyOf: (name) => name.toLowerCase().replaceAll(/_{1,3}/g, (underscores) => separators[(underscores.length - 1) as 0 | 1 | 2]),
    isForeign: (name) => OF_SCRIPTS.test(name),
  };
}

const KNOWN: Readonly<Record<string, KafkaVersion>> = {
  "3.9": "3.9",
  "4.0": "4.0",
  "4.1": "4.1",
  "4.2": "4.2",
  "4.3": "4.3",
  "4.4": "4.4",
};
/** Which Kafka is in which release of the other distribution. */
const CONFLUENT_VERSIONS: Readonly<Record<string, KafkaVersion>> = { "7.9": "3.9", "8.0": "4.0", "8.1": "4.1", "8.2": "4.2", "8.3": "4.3" };

/** The line of releases that a version or a tag belongs to. */
export function versionOfKafka(tag: string): KafkaVersion | undefined {
  const [, release = "", major] = /^v?((\d+)(?:\.\d+)?)/.exec(tag) ?? [];
  // Of what is older the oldest that is known says most.
  return KNOWN[release] ?? (major !== undefined && Number(major) <= 3 ? "3.9" : undefined);
}

/** The release that a version or a tag names in whole. */
export function releaseOfKafka(tag: string): string | undefined {
  return /^v?(\d+\.\d+\.\d+)(?![\d.])/.exec(tag)?.[1];
}

function confluentVersion(tag: string): KafkaVersion | undefined {
  const [, release = "", major] = /^((\d+)(?:\.\d+)?)/.exec(tag) ?? [];
  return CONFLUENT_VERSIONS[release] ?? (major !== undefined && Number(major) <= 7 ? "3.9" : undefined);
}
