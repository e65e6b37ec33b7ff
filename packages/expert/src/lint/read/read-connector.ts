import { isMap, isScalar, LineCounter, type Pair, parseDocument } from "yaml";
import { detectKind } from "../detect-kind.ts";
import type { Entry } from "../document.ts";
import { scalarText } from "./scalar-text.ts";
import { NOTHING, type ReadFile, type SourceFile, unreadable } from "./source-file.ts";

/** Reads what Connect's REST API takes: a connector's settings, alone or under `config`. JSON is YAML, and YAML knows its lines. */
export function readConnector({ path, text }: SourceFile): ReadFile {
  if (!text.includes("connector.class")) return NOTHING;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, schema: "json" });
  if (document.errors.length > 0) return unreadable(path, `It is no JSON: ${document.errors[0]!.message.split("\n")[0]}`);
  const root = document.contents;
  const config = isMap(root) && isMap(root.get("config", true)) ? root.get("config", true) : root;
  if (!isMap(config) || !config.has("connector.class")) return NOTHING;
  const entries = config.items.flatMap((pair) => entryOf(pair, lines));
  const kind = detectKind(entries);
  if (!kind) return NOTHING;
  return { ...NOTHING, documents: [{ document: { file: path, part: undefined, kind, entries } }] };
}

/** A pair whose value is a scalar; others say nothing to Connect. */
function entryOf({ key, value }: Pair, lines: LineCounter): Entry[] {
  const text = scalarText(value);
  if (!isScalar(key) || text === undefined) return [];
  return [{ key: String(key.value), value: text, line: lines.linePos(key.range?.[0] ?? 0).line }];
}
