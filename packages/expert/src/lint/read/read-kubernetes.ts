import { ownValue } from "@ottla/base";
import { alertRules } from "./alert-rules.ts";
import { readPropertiesText } from "./read-properties.ts";
import { environmentOf, readContainer } from "./read-container.ts";
import type { FoundDocument } from "./source-file.ts";
import { at, itemsOf, pairsOf, textAt, type Tree } from "./tree.ts";

/** Whether it is a resource of Kubernetes, of whatever kind. */
export function isKubernetes(tree: Tree): boolean {
  return textAt(tree, "apiVersion") !== undefined && textAt(tree, "kind") !== undefined;
}

/** Where each kind has its containers' template. */
const POD_SPECS: Readonly<Record<string, readonly string[]>> = {
  Pod: ["spec"],
  Deployment: ["spec", "template", "spec"],
  StatefulSet: ["spec", "template", "spec"],
  DaemonSet: ["spec", "template", "spec"],
  Job: ["spec", "template", "spec"],
  ReplicaSet: ["spec", "template", "spec"],
  CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
};

/** Containers that are Kafka's or talk to it, and properties files that a ConfigMap holds. */
export function readKubernetes(file: string, tree: Tree): readonly FoundDocument[] {
  const kind = textAt(tree, "kind")!;
  const name = textAt(tree, "metadata", "name") ?? "without name";
  if (kind === "ConfigMap" || kind === "Secret") return configMapDocuments(file, `${kind} ${name}`, tree);
  if (kind === "PrometheusRule") return alertRules(file, tree);
  const spec = ownValue(POD_SPECS, kind);
  if (!spec) return [];
  const pod = at(tree, ...spec);
  return [...itemsOf(at(pod, "containers")), ...itemsOf(at(pod, "initContainers"))].flatMap((container) =>
    readContainer({
      file,
      part: `${kind} ${name}, container ${textAt(container, "name") ?? "without name"}`,
      image: textAt(container, "image"),
      variables: environmentOf(at(container, "env")),
      hosts: [name],
    }),
  );
}

/** A properties file in a ConfigMap begins on the line below its name; pairs of their own are an environment. */
function configMapDocuments(file: string, part: string, tree: Tree): readonly FoundDocument[] {
  const pairs = ["data", "stringData"].flatMap((key) => pairsOf(at(tree, key)));
  const files = pairs.flatMap(({ name, line, value }) =>
    /\.(properties|conf|cfg)$/.test(name) && value.is === "scalar" ? readPropertiesText(file, `${part}, ${name}`, value.text, line) : [],
  );
  const variables = pairs.flatMap(({ name, line, value }) =>
    /^[A-Z][A-Z0-9_]*$/.test(name) && value.is === "scalar" ? [{ name, line, value: value.text }] : [],
  );
  return variables.length === 0 ? files : [...files, ...readContainer({ file, part, image: undefined, variables, hosts: [] })];
}
