import { dottedEntries } from "./client-settings.ts";
import { isConnector, readConnector } from "./read-connector.ts";
import { isRecordSchema, readJsonSchema } from "./read-json-schema.ts";
import { isKubernetes, readKubernetes } from "./read-kubernetes.ts";
import { isStrimzi, readStrimzi } from "./read-strimzi.ts";
import { readJsonTrees } from "./read-tree.ts";
import { settingsInside } from "./settings-inside.ts";
import { type FoundDocument, NOTHING, type ReadFile, type SourceFile, unreadable } from "./source-file.ts";
import { terraformDocuments } from "./terraform-documents.ts";
import { topicLists } from "./topic-lists.ts";
import { textAt, type Tree } from "./tree.ts";

/** Without one of these words a JSON file has nothing to do with Kafka, and parsing it is saved. */
const TELLING =
  /bootstrap\.servers|metadata\.broker\.list|connector\.class|"brokers"|"topics?"|"acls"|kafka\.strimzi\.io|json-schema\.org|"(?:confluent_)?kafka_(?:topic|acl)|"partitions"|KAFKA_|"acks"|"group\.id"|"compatibility(Level)?"\s*:\s*"(NONE|BACKWARD|FORWARD|FULL)/;

/** Files that package managers and build tools write. */
const OTHERS = /(?:^|\/)(?:package(?:-lock)?|tsconfig.*|composer|angular|.*\.tfstate)\.json$/;

/** Reads JSON of whatever kind: what Connect's REST API takes, a client's configuration, topics, rules of who may do what, resources of Kubernetes. */
export function readJsonFile({ path, text }: SourceFile): ReadFile {
  if (!TELLING.test(text) || OTHERS.test(path)) return NOTHING;
  const read = readJsonTrees(text);
  if ("problem" in read) return /bootstrap\.servers|connector\.class|kafka/i.test(text) ? unreadable(path, read.problem) : NOTHING;
  const [only] = read.trees;
  if (only && isRecordSchema(path, only)) return { ...NOTHING, jsonSchemas: [readJsonSchema(path, only)] };
  const documents = read.trees.flatMap((tree) => documentsOf(path, tree));
  return documents.length === 0 ? NOTHING : { ...NOTHING, documents };
}

/** What a registry is sent for a subject, or for all. */
function isCompatibility(tree: Tree): boolean {
  return ["compatibility", "compatibilityLevel"].some((key) =>
    /^(NONE|(BACKWARD|FORWARD|FULL)(_TRANSITIVE)?)$/.test(textAt(tree, key) ?? ""),
  );
}

function documentsOf(path: string, tree: Tree): readonly FoundDocument[] {
  if (isConnector(tree)) return readConnector(path, tree);
  if (path.endsWith(".tf.json")) return terraformDocuments(path, tree);
  if (isStrimzi(tree)) return readStrimzi(path, tree);
  if (isKubernetes(tree)) return readKubernetes(path, tree);
  if (isCompatibility(tree)) return [{ document: { file: path, part: undefined, kind: "registry", entries: dottedEntries(tree) } }];
  return [...topicLists(path, tree), ...settingsInside(path, tree)];
}
