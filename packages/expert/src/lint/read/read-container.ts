import type { DocumentKind, Entry } from "../document.ts";
import { clientVariables } from "./client-variables.ts";
import { type ImageRules, rulesOfImage, rulesOfVariables } from "./container-images.ts";
import type { FoundDocument } from "./source-file.ts";
import { type FlatPair, pairsOf, type Tree } from "./tree.ts";

/** A container as compose files and Kubernetes describe it. */
interface Container {
  readonly file: string;
  readonly part: string | undefined;
  readonly image: string | undefined;
  readonly variables: readonly FlatPair[];
  /** Names by which others reach it. */
  readonly hosts: readonly string[];
}

const KINDS: Readonly<Record<string, DocumentKind>> = { CONNECT_: "connectWorker", SCHEMA_REGISTRY_: "registry" };

/** The settings that a container is given by its environment: a broker's or worker's own by its image, a client's by the names that programs read. */
export function readContainer({ file, part, image, variables, hosts }: Container): readonly FoundDocument[] {
  const known = image === undefined ? undefined : rulesOfImage(image);
  const rules = known ?? rulesOfVariables(variables.map(({ name }) => name));
  const entries = rules ? entriesOf(rules, variables) : [];
  if (!rules || runsTool(entries)) return clientVariables({ file, part, owner: image ?? part, hosts }, variables);
  if (variables.length === 0) return [];
  const kind = KINDS[rules.prefix] ?? "broker";
  const { version, release } = rules;
  const isPartial = !known && image !== undefined && hasOwnFile(image);
  const document = { file, part, kind, entries, hosts, ...(release !== undefined && { release }), ...(isPartial && { isPartial }) };
  return [{ document, ...(version && { version }) }];
}

/** Whether the image of a broker is run for the tools in it, which ask a broker: to make topics, as a rule. */
function runsTool(entries: readonly Entry[]): boolean {
  return entries.some(({ key }) => key === "bootstrap.servers") && !entries.some(({ key }) => OF_BROKERS.test(key));
}

const OF_BROKERS =
  /^(?:process\.roles|node\.id|broker\.id|zookeeper\.connect|(?:advertised\.)?listeners|log\.dirs?|controller\.quorum\..*)$|\.storage\./;

/** Somebody's own image begins with a file of its own, which says what the variables do not; not a copy of a usual one, nor one that is named elsewhere. */
function hasOwnFile(image: string): boolean {
  return !/[$%{]/.test(image.replace(/:[^:/]*$/, "")) && !/(?:^|\/)(?:cp-(?:kafka|server)|apache\/kafka)/.test(image);
}

function entriesOf(rules: ImageRules, variables: readonly FlatPair[]): readonly Entry[] {
  return variables.flatMap(({ name, value, line }): Entry[] => {
    if (!name.startsWith(rules.prefix) || rules.isForeign(name.slice(rules.prefix.length))) return [];
    const key = rules.keyOf(name.slice(rules.prefix.length));
    return [{ key, value, line, spelling: name }];
  });
}

/** The environment, written as a map, as a list of `NAME=value`, or as a list of names and values. Of a name that stands twice the last counts. */
export function environmentOf(environment: Tree | undefined): readonly FlatPair[] {
  const variables = new Map<string, FlatPair>();
  if (environment?.is === "list")
    for (const item of environment.items) {
      const pair = item.is === "scalar" ? assignment(item.text, item.line) : nameAndValue(item);
      if (pair) variables.set(pair.name, pair);
    }
  for (const { name, value, line } of pairsOf(environment))
    if (value.is === "scalar") variables.set(name, { name, value: value.text, line });
  return [...variables.values()];
}

function assignment(text: string, line: number): FlatPair | undefined {
  const equals = text.indexOf("=");
  return equals < 0 ? undefined : { name: text.slice(0, equals), value: text.slice(equals + 1), line };
}

/** As Kubernetes writes it. A value that comes from elsewhere is a template to us. */
function nameAndValue(item: Tree): FlatPair | undefined {
  const pairs = pairsOf(item);
  const name = pairs.find((pair) => pair.name === "name")?.value;
  const value = pairs.find((pair) => pair.name === "value")?.value;
  if (name?.is !== "scalar") return undefined;
  return { name: name.text, value: value?.is === "scalar" ? value.text : "${from elsewhere}", line: name.line };
}
