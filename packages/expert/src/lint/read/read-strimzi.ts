import { aclDocument } from "../acl-entries.ts";
import type { DocumentKind, Entry, SettingsDocument } from "../document.ts";
import { topicDocument } from "../topic-entries.ts";
import { releaseOfKafka, versionOfKafka } from "./container-images.ts";
import type { FoundDocument } from "./source-file.ts";
import { at, flatten, itemsOf, pairsOf, textAt, type Tree } from "./tree.ts";

/** Whether it is a resource of the Strimzi operator. */
export function isStrimzi(tree: Tree): boolean {
  return textAt(tree, "apiVersion")?.startsWith("kafka.strimzi.io/") ?? false;
}

/** The settings that a Strimzi resource holds: brokers', topics', users' rules, workers' and connectors'. */
export function readStrimzi(file: string, tree: Tree): readonly FoundDocument[] {
  const name = textAt(tree, "metadata", "name") ?? "without name";
  const kind = textAt(tree, "kind")!;
  const spec = at(tree, "spec");
  const line = tree.line;
  const resource: SettingsDocument = {
    file,
    part: `${kind} ${name}`,
    kind: "resource",
    entries: [
      { key: "apiVersion", value: textAt(tree, "apiVersion")!, line },
      { key: "kind", value: kind, line },
      ...flatten(at(tree, "metadata"), "metadata").map(asEntry),
      ...(kind === "KafkaUser" ? [] : flatten(spec, "spec").map(asEntry)),
    ],
  };
  return [{ document: resource }, ...settingsOf(file, kind, name, spec)];
}

function asEntry({ name, value, line }: { readonly name: string; readonly value: string; readonly line: number }): Entry {
  return { key: name, value, line };
}

function settingsOf(file: string, kind: string, name: string, spec: Tree | undefined): readonly FoundDocument[] {
  const part = `${kind} ${name}`;
  switch (kind) {
    case "Kafka":
      return brokers(file, part, at(spec, "kafka"));
    case "KafkaTopic":
      return [topic(file, name, spec)];
    case "KafkaUser":
      return userRules(file, name, spec);
    case "KafkaConnect":
    case "KafkaMirrorMaker2":
      return versioned(spec, { file, part, kind: "connectWorker", entries: worker(spec), isPartial: true });
    case "KafkaConnector":
      return connector(file, part, spec);
    default:
      return [];
  }
}

/** The operator sets listeners, directories and quorum itself: what it does not say here is said there. */
function brokers(file: string, part: string, kafka: Tree | undefined): readonly FoundDocument[] {
  const config = at(kafka, "config");
  return versioned(kafka, { file, part, kind: "broker", entries: flatten(config).map(asEntry), isPartial: true });
}

function versioned(spec: Tree | undefined, document: SettingsDocument): readonly FoundDocument[] {
  if (document.entries.length === 0) return [];
  const named = textAt(spec, "version") ?? "";
  const [version, release] = [versionOfKafka(named), releaseOfKafka(named)];
  return [{ document: release === undefined ? document : { ...document, release }, ...(version && { version }) }];
}

function topic(file: string, name: string, spec: Tree | undefined): FoundDocument {
  const place = (key: string) => {
    const pair = pairsOf(spec).find((each) => each.name === key);
    return pair?.value.is === "scalar" ? { value: pair.value.text, line: pair.line, spelling: pair.name } : undefined;
  };
  return {
    document: topicDocument({
      file,
      name: textAt(spec, "topicName") ?? name,
      line: place("topicName")?.line ?? spec?.line ?? 1,
      partitions: place("partitions"),
      replicationFactor: place("replicas"),
      settings: flatten(at(spec, "config")).map(asEntry),
    }),
  };
}

function worker(spec: Tree | undefined): readonly Entry[] {
  const own = flatten(at(spec, "config")).map(asEntry);
  const servers = pairsOf(spec).find(({ name }) => name === "bootstrapServers");
  return servers?.value.is === "scalar" ? [{ key: "bootstrap.servers", value: servers.value.text, line: servers.line }, ...own] : own;
}

function connector(file: string, part: string, spec: Tree | undefined): readonly FoundDocument[] {
  const own = pairsOf(spec).flatMap(({ name, value, line }): Entry[] => {
    const key = name === "class" ? "connector.class" : name === "tasksMax" ? "tasks.max" : undefined;
    return key !== undefined && value.is === "scalar" ? [{ key, value: value.text, line, spelling: name }] : [];
  });
  const entries = [...own, ...flatten(at(spec, "config")).map(asEntry)];
  const isSink = entries.some(({ key, value }) => /^topics(\.regex)?$/.test(key) || (key === "connector.class" && /sink/i.test(value)));
  const kind: DocumentKind = isSink ? "sinkConnector" : "sourceConnector";
  return entries.length === 0 ? [] : [{ document: { file, part, kind, entries } }];
}

function userRules(file: string, name: string, spec: Tree | undefined): readonly FoundDocument[] {
  return itemsOf(at(spec, "authorization", "acls")).flatMap((acl) => {
    const operations = [textAt(acl, "operation"), ...itemsOf(at(acl, "operations")).map((each) => textAt(each))].filter(
      (each) => each !== undefined,
    );
    return operations.map((operation) => ({
      document: aclDocument(file, acl.line, {
        principal: `User:${name}`,
        permission: textAt(acl, "type") ?? "allow",
        operation,
        "resource-type": textAt(acl, "resource", "type") ?? "",
        "resource-name": textAt(acl, "resource", "name") ?? "",
        "pattern-type": textAt(acl, "resource", "patternType") ?? "literal",
        host: textAt(acl, "host") ?? "*",
      }),
    }));
  });
}
