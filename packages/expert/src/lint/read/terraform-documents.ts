import { aclDocument } from "../acl-entries.ts";
import type { Entry, SettingsDocument } from "../document.ts";
import { type Place, topicDocument } from "../topic-entries.ts";
import { readPropertiesText } from "./read-properties.ts";
import type { FoundDocument } from "./source-file.ts";
import { at, flatten, itemsOf, pairsOf, textAt, type Tree, type TreePair } from "./tree.ts";

type ReadResource = (file: string, part: string, resource: Tree) => readonly FoundDocument[];

/** How each kind of resource is read, by its type. */
const RESOURCES: Readonly<Record<string, ReadResource>> = {
  kafka_topic: (file, _part, resource) => topic(file, resource, { name: "name", partitions: "partitions", factor: "replication_factor" }),
  confluent_kafka_topic: (file, _part, resource) => topic(file, resource, { name: "topic_name", partitions: "partitions_count" }),
  kafka_acl: (file, _part, resource) =>
    acl(file, resource, { prefix: "acl_", pattern: "resource_pattern_type_filter", permission: "acl_permission_type" }),
  confluent_kafka_acl: (file, _part, resource) => acl(file, resource, { prefix: "", pattern: "pattern_type", permission: "permission" }),
  kafka_quota: quota,
  kafka_user_scram_credential: (file, part, resource) => named(file, part, resource, CREDENTIAL),
  confluent_subject_config: registry,
  confluent_schema_registry_cluster_config: registry,
  aws_msk_configuration: (file, part, resource) => {
    const text = pairsOf(resource).find(({ name }) => name === "server_properties");
    if (text?.value.is !== "scalar") return [];
    return readPropertiesText(file, part, text.value.text, text.value.line).map(({ document }) => ({
      document: { ...document, kind: "broker", isPartial: true },
    }));
  },
};

/** Arguments of the provider `kafka`, and what they are to a client. */
const PROVIDER: Readonly<Record<string, string>> = {
  bootstrap_servers: "bootstrap.servers",
  sasl_mechanism: "sasl.mechanism",
  sasl_password: "sasl.password",
};
const CREDENTIAL: Readonly<Record<string, string>> = { password: "sasl.password" };

/** What a configuration of Terraform makes, in the shape of its JSON. */
export function terraformDocuments(file: string, tree: Tree): readonly FoundDocument[] {
  return pairsOf(tree).flatMap(({ name, value }) => {
    if (name === "resource")
      return pairsOf(value).flatMap(({ name: type, value: byLabel }) => {
        const read = Object.hasOwn(RESOURCES, type) ? RESOURCES[type] : undefined;
        if (!read) return [];
        return pairsOf(byLabel).flatMap(({ name: label, value: resource }) =>
          oneOrMore(resource).flatMap((each) => read(file, `${type}.${label}`, each)),
        );
      });
    return name === "provider"
      ? pairsOf(value).flatMap((pair) => (pair.name === "kafka" ? oneOrMore(pair.value).flatMap((each) => provider(file, each)) : []))
      : [];
  });
}

/** In JSON a block that stands more than once is a list. */
function oneOrMore(tree: Tree): readonly Tree[] {
  return tree.is === "list" ? tree.items : [tree];
}

function topic(
  file: string,
  resource: Tree,
  names: { readonly name: string; readonly partitions: string; readonly factor?: string },
): readonly FoundDocument[] {
  const pair = (name: string | undefined): TreePair | undefined => pairsOf(resource).find((each) => each.name === name);
  const place = (name: string | undefined): Place | undefined => {
    const found = pair(name);
    return found?.value.is === "scalar" ? { value: found.value.text, line: found.line, spelling: found.name } : undefined;
  };
  const config = at(resource, "config");
  const name = pair(names.name);
  return [
    {
      document: {
        ...topicDocument({
          file,
          name: textAt(resource, names.name) ?? "${of a variable}",
          line: name?.line ?? resource.line,
          partitions: place(names.partitions),
          replicationFactor: place(names.factor),
          settings: pairsOf(config).flatMap(({ name: key, line, value }) =>
            flatten(value).map((flat) => ({ key, value: flat.value, line })),
          ),
        }),
        // Settings that an expression makes are not seen.
        ...(config?.is === "scalar" && { isPartial: true }),
      },
    },
  ];
}

function acl(
  file: string,
  resource: Tree,
  { prefix, pattern, permission }: { readonly prefix: string; readonly pattern: string; readonly permission: string },
): readonly FoundDocument[] {
  const word = (name: string): string => textAt(resource, name) ?? "";
  return [
    {
      document: aclDocument(file, resource.line, {
        principal: word(`${prefix}principal`),
        permission: word(permission),
        operation: word(`${prefix}operation`),
        "resource-type": word("resource_type"),
        "resource-name": word("resource_name"),
        "pattern-type": textAt(resource, pattern) ?? "literal",
        host: word(`${prefix}host`),
      }),
    },
  ];
}

/** Arguments under the names that a client gives them. */
function named(file: string, part: string, resource: Tree, names: Readonly<Record<string, string>>): readonly FoundDocument[] {
  const entries = pairsOf(resource).flatMap(({ name, line, value }): Entry[] => {
    const key = Object.hasOwn(names, name) ? names[name] : undefined;
    const [flat] = key === undefined ? [] : flatten(value);
    return key === undefined || flat === undefined ? [] : [{ key, value: flat.value, line, spelling: name }];
  });
  return entries.length === 0 ? [] : [{ document: { file, part, kind: "client", entries, isPartial: true } }];
}

/** The provider speaks TLS unless it is told not to. */
function provider(file: string, resource: Tree): readonly FoundDocument[] {
  const tls = pairsOf(resource).find(({ name }) => name === "tls_enabled");
  const unverified = pairsOf(resource).find(({ name }) => name === "skip_tls_verify");
  const isSasl = at(resource, "sasl_username") !== undefined;
  const own: Entry[] = [];
  if (tls && textAt(tls.value) === "false")
    own.push({ key: "security.protocol", value: isSasl ? "SASL_PLAINTEXT" : "PLAINTEXT", line: tls.line, spelling: "tls_enabled" });
  if (unverified && textAt(unverified.value) === "true")
    own.push({ key: "ssl.endpoint.identification.algorithm", value: "", line: unverified.line, spelling: "skip_tls_verify" });
  const servers = itemsOf(at(resource, "bootstrap_servers")).length;
  return named(file, "provider.kafka", resource, PROVIDER)
    .map(({ document }) => ({ document: { ...document, entries: [...document.entries, ...own] } satisfies SettingsDocument }))
    .filter(() => servers > 0 || own.length > 0 || at(resource, "sasl_password") !== undefined);
}

/** What somebody may use: whose it is, and the limits, under Kafka's names. */
function quota(file: string, part: string, resource: Tree): readonly FoundDocument[] {
  const own = pairsOf(resource).flatMap(({ name, line, value }): Entry[] =>
    (name === QUOTA_TYPE || name === QUOTA_NAME) && value.is === "scalar" && !value.isNull
      ? [{ key: name.replace("_", "-"), value: value.text, line, spelling: name }]
      : [],
  );
  const limits = flatten(at(resource, "config")).map(({ name, value, line }): Entry => ({ key: name, value, line }));
  return own.length + limits.length === 0 ? [] : [{ document: { file, part, kind: "quota", entries: [...own, ...limits] } }];
}

const QUOTA_TYPE = "entity_type";
const QUOTA_NAME = "entity_name";

function registry(file: string, part: string, resource: Tree): readonly FoundDocument[] {
  const level = pairsOf(resource).find(({ name }) => name === "compatibility_level");
  if (level?.value.is !== "scalar") return [];
  const entries: readonly Entry[] = [{ key: "compatibilityLevel", value: level.value.text, line: level.line, spelling: level.name }];
  return [{ document: { file, part, kind: "registry", entries } }];
}
