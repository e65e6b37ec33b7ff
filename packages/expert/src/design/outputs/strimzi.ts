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
  const documents: readonly (object & { readonly note?: string })[] = [
    ...system.topics.map((topic) => topicResource(topic, system, names)),
    ...usersOf(system, names),
  ];
  const texts = documents.map(
    ({ note, ...document }) => `${note === undefined ? "" : `${comment(note)}\n`}${stringify(document, { lineWidth: 0 })}`,
  );
  return { path: "strimzi.yaml", text: `${comment(generatedBy(system.system))}\n${texts.join("---\n")}` };
}

function topicResource({ name, partitions, replicationFactor, settings }: DesignedTopic, { cluster }: DesignedSystem, names: Set<string>) {
  const resource = resourceName(name, names);
  return {
    apiVersion: API_VERSION,
    kind: "KafkaTopic",
    metadata: { name: resource, labels: labelsOf(cluster.name) },
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
  return principals.map((principal) => {
    const user = principal.slice("User:".length);
    const name = resourceName(user, names);
    return {
      ...(name !== user && {
        note: `Strimzi logs a user in by the name of its resource: ${name} here, where the clients' settings say ${user}. Give the service a principal that Kubernetes takes as a name.`,
      }),
      apiVersion: API_VERSION,
      kind: "KafkaUser",
      metadata: { name, labels: labelsOf(cluster.name) },
      spec: {
        authentication: { type: "scram-sha-512" },
        authorization: { type: "simple", acls: acls.filter((acl) => acl.principal === principal).map(aclOf) },
      },
    };
  });
}

function aclOf({ resourceType, resourceName: name, isPrefix, operations }: DesignedAcl) {
  const resource =
    resourceType === "cluster" ? { type: "cluster" } : { type: resourceType, name, patternType: isPrefix ? "prefix" : "literal" };
  return { resource, operations: operations.map((operation) => STRIMZI_OPERATIONS[operation]) };
}

/** Small letters, digits, points and hyphens; a number behind it where two would be the same. */
function resourceName(name: string, taken: Set<string>): string {
  const base = kubernetesName(name);
  let unique = base;
  for (let i = 2; taken.has(unique); i++) unique = `${base}-${i}`;
  taken.add(unique);
  return unique;
}

/** What RFC 1123 calls a subdomain: words of small letters, digits and inner hyphens, with points between. */
function kubernetesName(name: string): string {
  const words = name
    .toLowerCase()
    .slice(0, NAME_LENGTH_MAX - 6)
    .split(".")
    .map((word) => word.replaceAll(/[^a-z0-9]/g, "-").replaceAll(/^-+|-+$/g, ""))
    .filter((word) => word !== "");
  return words.join(".") || "x";
}

/** The cluster is a resource of Kubernetes, too. */
function labelsOf(cluster: string): Readonly<Record<string, string>> {
  return { "strimzi.io/cluster": kubernetesName(cluster) };
}

function typed(value: string): string | number | boolean {
  if (/^-?\d{1,15}$/.test(value)) return Number(value);
  return value === "true" ? true : value === "false" ? false : value;
}
