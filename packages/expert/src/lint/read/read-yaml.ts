import { promWords } from "../prom-words.ts";
import { alertRules } from "./alert-rules.ts";
import { lineComments } from "./line-comments.ts";
import { applicationProfiles } from "./application-profiles.ts";
import { isCompose, readCompose } from "./read-compose.ts";
import { isKubernetes, readKubernetes } from "./read-kubernetes.ts";
import { isStrimzi, readStrimzi } from "./read-strimzi.ts";
import { readYamlTrees } from "./read-tree.ts";
import { settingsInside } from "./settings-inside.ts";
import { type FoundDocument, NOTHING, type ReadFile, type SourceFile, unreadable } from "./source-file.ts";
import { topicLists } from "./topic-lists.ts";
import type { Tree } from "./tree.ts";

/** Without one of these words a YAML file has nothing to do with Kafka, and parsing it is saved. */
const TELLING =
  /kafka|bootstrap[._-]?servers|connector\.class|topics|mp\.messaging|brokers|\backs:|enable\.idempotence|auto\.offset\.reset|group\.id|^services\s*:/im;

/** Of templates, braces stand where YAML would read a map of a map, or a line of their own. */
const TEMPLATE = /\{\{[^}]*\}\}|\{%.*%\}|<%.*%>/;

/** Reads YAML of whatever kind: a compose file, resources of Kubernetes, an application's configuration, a chart's values, lists of topics, settings anywhere inside. */
export function readYamlFile({ path, text }: SourceFile): ReadFile {
  if (!TELLING.test(text)) return NOTHING;
  const read = readYamlTrees(text);
  if ("problem" in read) {
    if (!/kafka|^services\s*:/im.test(text)) return NOTHING;
    return unreadable(path, TEMPLATE.test(text) ? "It is a template: what it becomes is not known here." : read.problem);
  }
  const documents = read.trees.length > 1 && read.trees.every((tree) => !isKubernetes(tree)) ? applicationProfiles(path, read.trees) : [];
  const found = documents.length > 0 ? documents : read.trees.flatMap((tree) => documentsOf(path, tree));
  return found.length === 0
    ? NOTHING
    : { ...NOTHING, documents: found, comments: lineComments(text), notChecked: unreadExpressions(path, found) };
}

/** An expression that is none, or that a template makes, is not judged. */
function unreadExpressions(path: string, documents: readonly FoundDocument[]): ReadFile["notChecked"] {
  const unread = documents.flatMap(({ document: { kind, entries } }) =>
    kind === "alert" && promWords(entries[0]!.value) === undefined ? [entries[0]!.line] : [],
  );
  if (unread.length === 0) return [];
  const lines = `${unread.slice(0, 5).join(", ")}${unread.length > 5 ? ` and ${unread.length - 5} more` : ""}`;
  return [
    {
      subject: path,
      reason: `${unread.length === 1 ? "An expression of an alert" : "Expressions of alerts"} could not be read (line ${lines}).`,
    },
  ];
}

function documentsOf(path: string, tree: Tree): readonly FoundDocument[] {
  if (isCompose(tree)) return readCompose(path, tree);
  if (isStrimzi(tree)) return readStrimzi(path, tree);
  if (isKubernetes(tree)) return readKubernetes(path, tree);
  const application = applicationProfiles(path, [tree]);
  return application.length > 0 ? application : [...alertRules(path, tree), ...topicLists(path, tree), ...settingsInside(path, tree)];
}
