import { stringify } from "yaml";
import type { DesignedAcl, DesignedSystem, DesignedTopic } from "../designed-system.ts";
import { comment, generatedBy, type OutputFile } from "./output-file.ts";

const API_VERSION = "kafka.strimzi.io/v1";
/** What Kubernetes takes as a name. */
const NAME_LENGTH_MAX = 253;

const STRIMZI_OPERATIONS: Readonly<Record<DesignedAcl["operations"][number], string>> = {
  read: "Read",
  write: "Write",
  create: "Create",
  delete: "Delete",
  describe: "Describe",
  describeConfigs: "DescribeConfigs",
};

/** Topics and users as Strimzi's resources. Users are those whose principal is `User:NAME`; they log in by SCRAM-SHA-512. */
export function strimziResources(system: DesignedSystem): OutputFile {
  const names = new Set<string>();
  const documents = [...system.topics.map((topic) => topicResource(topic, system, names)), ...usersOf(system, names)];
  const texts = documents.map((document) => stringify(document, { lineWidth: 0 }));
  return { path: "strimzi.yaml", text: `${comment(generatedBy(system.system))}\n${texts.join("---\n")}` };
}

function topicResource({ name, partitions, replicationFactor, settings }: DesignedTopic, { cluster }: DesignedSystem, names: Set<string>) {
  const resource = resourceName(name, names);
  return {
    apiVersion: API_VERSION,
    kind: "KafkaTopic",
    metadata: { name: resource, labels: { "strimzi.io/cluster": cluster.name } },
    spec: {
      ...(resource !== name && { topicName: name }),
      partitions,
      replicas: replicationFactor,
      config: Object.fromEntries(settings.map((setting) => [setting.name, typed(setting.value)])),
    },
  };
}

function usersOf({ acls, cluster }: DesignedSystem, names: Set<string>) {
  const principals = [...new Set(acls.map(({ principal }) => principal))].filter((principal) => principal.startsWith("User:"));
  return principals.map((principal) => ({
    apiVersion: API_VERSION,
    kind: "KafkaUser",
    metadata: { name: resourceName(principal.slice("User:".length), names), labels: { "strimzi.io/cluster": cluster.name } },
    spec: {
      authentication: { type: "scram-sha-512" },
      authorization: { type: "simple", acls: acls.filter((acl) => acl.principal === principal).map(aclOf) },
    },
  }));
}

function aclOf({ resourceType, resourceName: name, isPrefix, operations }: DesignedAcl) {
  const resource =
    resourceType === "cluster" ? { type: "cluster" } : { type: resourceType, name, patternType: isPrefix ? "prefix" : "literal" };
  return { resource, operations: operations.map((operation) => STRIMZI_OPERATIONS[operation]) };
}

/** Small letters, digits, points and hyphens; a number behind it where two would be the same. */
function resourceName(name: string, taken: Set<string>): string {
  const base = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]/g, "-")
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, "")
    .replaceAll(/\.[.-]+|-+\./g, ".")
    .slice(0, NAME_LENGTH_MAX - 6);
  let unique = base || "x";
  for (let i = 2; taken.has(unique); i++) unique = `${base || "x"}-${i}`;
  taken.add(unique);
  return unique;
}

function typed(value: string): string | number | boolean {
  if (/^-?\d{1,15}$/.test(value)) return Number(value);
  return value === "true" ? true : value === "false" ? false : value;
}
