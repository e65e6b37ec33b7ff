import { scopesOf } from "../../catalogue/settings-catalogue.ts";
import { isRdkafkaSetting } from "../../catalogue/librdkafka-settings.ts";
import type { Entry } from "../document.ts";
import { clientOrBroker, dottedEntries, isKafkajs, kafkajsDocuments } from "./client-settings.ts";
import { readPropertiesText } from "./read-properties.ts";
import type { FoundDocument } from "./source-file.ts";
import type { Tree } from "./tree.ts";

/** Lists that are read as what they are. */
const LISTS = /^(topics|acls)$/i;

/** Settings that stand anywhere inside of a file: a map whose keys are Kafka's, a text that is a properties file (as charts take them), a configuration as kafkajs takes it. */
export function settingsInside(file: string, tree: Tree, path = ""): readonly FoundDocument[] {
  const part = path === "" ? undefined : path;
  if (tree.is === "list") return tree.items.flatMap((item, i) => settingsInside(file, item, `${path}[${i}]`));
  if (tree.is === "scalar")
    return tree.text.includes("\n") && isProperties(tree.text) ? partial(readPropertiesText(file, path, tree.text, tree.line)) : [];
  if (isKafkajs(tree)) return kafkajsDocuments(file, part, tree);
  const entries = dottedEntries(tree);
  const own = isKafka(entries) ? clientOrBroker(file, part, entries, path !== "" || !isWhole(entries)) : [];
  const below = tree.pairs
    .filter(({ name }) => !LISTS.test(name))
    .flatMap(({ name, value }) => settingsInside(file, value, path === "" ? name : `${path}.${name}`));
  return [...own, ...below];
}

/** Half of the keys at least are Kafka's, and one of them is so by its looks. */
function isKafka(entries: readonly Entry[]): boolean {
  const known = entries.filter(({ key }) => scopesOf(key).length > 0 || isRdkafkaSetting(key));
  return known.some(({ key }) => key.includes(".")) && known.length * 2 >= entries.length;
}

/** A file of its own says where the cluster is, or what the node is. */
function isWhole(entries: readonly Entry[]): boolean {
  return entries.some(({ key }) => /^(bootstrap\.servers|metadata\.broker\.list|process\.roles|node\.id|connector\.class)$/.test(key));
}

function isProperties(text: string): boolean {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.trimStart().startsWith("#"));
  return lines.length > 0 && lines.every((line) => /^\s*[\w.${}-]+\s*[=:]/.test(line));
}

function partial(found: readonly FoundDocument[]): readonly FoundDocument[] {
  return found.map((each) => ({ ...each, document: { ...each.document, isPartial: true } }));
}
