import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from "yaml";
import type { Entry } from "../document.ts";
import { type ImageRules, rulesOfImage, rulesOfVariables } from "./container-images.ts";
import { scalarText } from "./scalar-text.ts";
import { type FoundDocument, NOTHING, type ReadFile, type SourceFile, unreadable } from "./source-file.ts";

/** Maps may take others in, those again others; a circle ends here. */
const MERGES_MAX = 5;

/** A pair of a map, and where its name stands in the text. */
interface NamedNode {
  readonly name: string;
  readonly node: unknown;
  readonly position: number | undefined;
}

interface Variable {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/** Reads the Kafka containers of a compose file: what their environment sets, as settings. */
export function readCompose({ path, text }: SourceFile): ReadFile {
  if (!/^services\s*:/m.test(text)) return NOTHING;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false });
  if (document.errors.length > 0) return unreadable(path, `It is no YAML: ${document.errors[0]!.message.split("\n")[0]}`);
  const services = isMap(document.contents) ? document.contents.get("services", true) : undefined;
  if (!isMap(services)) return NOTHING;
  const documents: FoundDocument[] = [];
  for (const { name, node: service } of pairsOf(services, document)) {
    if (!isMap(service)) continue;
    const parts = new Map(pairsOf(service, document).map((pair) => [pair.name, pair.node]));
    const image = parts.get("image");
    const variables = variablesOf(parts.get("environment"), document, lines);
    const known = isScalar(image) && typeof image.value === "string" ? rulesOfImage(image.value) : undefined;
    const rules = known ?? rulesOfVariables(variables.map((variable) => variable.name));
    if (rules && variables.length > 0) documents.push(documentOf(path, name, rules, variables));
  }
  return { ...NOTHING, documents, comments: commentsOf(text) };
}

function documentOf(file: string, service: string, rules: ImageRules, variables: readonly Variable[]): FoundDocument {
  const entries = variables.flatMap(({ name, value, line }): Entry[] => {
    if (!name.startsWith(rules.prefix) || rules.isForeign(name.slice(rules.prefix.length))) return [];
    const key = rules.keyOf(name.slice(rules.prefix.length));
    return [{ key, value, line, spelling: name }];
  });
  const kind = rules.prefix === "CONNECT_" ? "connectWorker" : "broker";
  return { document: { file, part: `services.${service}`, kind, entries }, ...(rules.version && { version: rules.version }) };
}

/** A map's pairs by name, with those of the maps that it takes in by `<<` before its own. */
function pairsOf(map: YAMLMap, document: Document, depth = 0): readonly NamedNode[] {
  const own: NamedNode[] = [];
  const merged: NamedNode[] = [];
  for (const { key, value } of map.items) {
    const node = isAlias(value) ? value.resolve(document) : value;
    if (!isScalar(key)) continue;
    if (key.value !== "<<") own.push({ name: String(key.value), node, position: key.range?.[0] });
    else if (depth < MERGES_MAX)
      for (const each of isSeq(node) ? node.items : [node]) {
        const taken = isAlias(each) ? each.resolve(document) : each;
        if (isMap(taken)) merged.push(...pairsOf(taken, document, depth + 1));
      }
  }
  return [...merged, ...own];
}

/** The environment, written as a map or as a list. What a later pair overrides does not count. */
function variablesOf(environment: unknown, document: Document, lines: LineCounter): readonly Variable[] {
  const lineOf = (position: number | undefined): number => lines.linePos(position ?? 0).line;
  if (isSeq(environment))
    return environment.items.flatMap((item): Variable[] => {
      if (!isScalar(item) || typeof item.value !== "string") return [];
      const at = item.value.indexOf("=");
      return at < 0 ? [] : [{ name: item.value.slice(0, at), value: item.value.slice(at + 1), line: lineOf(item.range?.[0]) }];
    });
  if (!isMap(environment)) return [];
  const variables = new Map<string, Variable>();
  for (const { name, node, position } of pairsOf(environment, document)) {
    const value = scalarText(node);
    if (value !== undefined) variables.set(name, { name, value, line: lineOf(position) });
  }
  return [...variables.values()];
}

function commentsOf(text: string): ReadonlyMap<number, string> {
  const comments = new Map<number, string>();
  for (const [i, line] of text.split("\n").entries()) {
    const comment = /^\s*#\s?(.*)$/.exec(line)?.[1];
    if (comment !== undefined) comments.set(i + 1, comment.trim());
  }
  return comments;
}
