import { aclDocument } from "../acl-entries.ts";
import type { Entry } from "../document.ts";
import { type Place, topicDocument } from "../topic-entries.ts";
import type { FoundDocument } from "./source-file.ts";
import { at, flatten, itemsOf, pairsOf, textAt, type Tree, type TreePair } from "./tree.ts";

const PARTITIONS = /^(num[._]?)?partitions(_?count)?$/i;
const FACTOR = /^(replication([._-]?factor)?|replicas|replicationFactor)$/i;
const SETTINGS = /^(config|configs|settings|topic_?config(s)?)$/i;

/** Topics, and rules of who may do what, that a YAML or JSON file lists anywhere inside: by the shapes that the usual tools take. */
export function topicLists(file: string, tree: Tree): readonly FoundDocument[] {
  if (isReassignment(tree)) return reassigned(file, tree);
  return inside(file, tree, 0);
}

function inside(file: string, tree: Tree, depth: number): readonly FoundDocument[] {
  if (tree.is === "list") return tree.items.flatMap((item) => inside(file, item, depth + 1));
  return pairsOf(tree).flatMap(({ name, value }) => {
    if (/^topics$/i.test(name)) return topicsOf(file, value);
    if (/^acls$/i.test(name)) return itemsOf(value).flatMap((item) => aclOf(file, item));
    return inside(file, value, depth + 1);
  });
}

/** A list of topics, or a map of them by name. Plain names define nothing. */
function topicsOf(file: string, topics: Tree): readonly FoundDocument[] {
  if (topics.is === "list")
    return topics.items.flatMap((item) => {
      const name = textAt(item, "name") ?? textAt(item, "topic") ?? textAt(item, "topicName");
      return name === undefined ? [] : topicOf(file, name, item.line, item);
    });
  return pairsOf(topics).flatMap(({ name, line, value }) => topicOf(file, name, line, value));
}

function topicOf(file: string, name: string, line: number, topic: Tree): readonly FoundDocument[] {
  const pairs = pairsOf(topic);
  const config = pairs.find((pair) => SETTINGS.test(pair.name))?.value;
  const settings = [...pairs.filter((pair) => pair.name.includes(".")).flatMap(asEntry), ...pairsOf(config).flatMap(asEntry)];
  const partitions = placeOf([...pairs, ...pairsOf(config)], PARTITIONS);
  const replicationFactor = placeOf([...pairs, ...pairsOf(config)], FACTOR);
  if (!partitions && !replicationFactor && settings.length === 0) return [];
  // The counts stand among the settings in some tools' files.
  const own = settings.filter(({ key }) => !PARTITIONS.test(key) && !FACTOR.test(key));
  return [{ document: topicDocument({ file, name, line, partitions, replicationFactor, settings: own }) }];
}

function asEntry({ name, line, value }: TreePair): Entry[] {
  const [flat] = flatten(value);
  return flat === undefined || value.is === "map" ? [] : [{ key: name, value: flat.value, line }];
}

function placeOf(pairs: readonly TreePair[], name: RegExp): Place | undefined {
  const pair = pairs.find((each) => name.test(each.name) && each.value.is === "scalar");
  return pair?.value.is === "scalar" ? { value: pair.value.text, line: pair.line, spelling: pair.name } : undefined;
}

function aclOf(file: string, acl: Tree): readonly FoundDocument[] {
  const word = (...names: readonly string[]): string | undefined =>
    names.map((name) => textAt(acl, name)).find((text) => text !== undefined);
  const principal = word("principal", "acl_principal", "user");
  const operation = word("operation", "acl_operation");
  if (principal === undefined || operation === undefined) return [];
  return [
    {
      document: aclDocument(file, acl.line, {
        principal,
        operation,
        permission: word("permission", "permissionType", "permission_type", "type") ?? "allow",
        "resource-type": word("resourceType", "resource_type", "resource") ?? textAt(acl, "resource", "type") ?? "",
        "resource-name": word("resourceName", "resource_name", "name") ?? textAt(acl, "resource", "name") ?? "",
        "pattern-type": word("patternType", "pattern_type", "pattern") ?? "literal",
        host: word("host") ?? "*",
      }),
    },
  ];
}

/** What `kafka-reassign-partitions` takes and prints. */
function isReassignment(tree: Tree): boolean {
  return textAt(tree, "version") !== undefined && itemsOf(at(tree, "partitions")).some((each) => at(each, "replicas")?.is === "list");
}

/** Of each topic the partition with the fewest copies. */
function reassigned(file: string, tree: Tree): readonly FoundDocument[] {
  const fewest = new Map<string, Place>();
  for (const partition of itemsOf(at(tree, "partitions"))) {
    const name = textAt(partition, "topic");
    const copies = itemsOf(at(partition, "replicas")).length;
    const before = name === undefined ? undefined : fewest.get(name);
    if (name !== undefined && (!before || copies < Number(before.value))) fewest.set(name, { value: String(copies), line: partition.line });
  }
  return [...fewest].map(([name, replicationFactor]) => ({
    document: topicDocument({ file, name, line: replicationFactor.line, replicationFactor, settings: [] }),
  }));
}
