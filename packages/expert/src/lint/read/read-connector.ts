import { detectKind } from "../detect-kind.ts";
import { dottedEntries } from "./client-settings.ts";
import type { FoundDocument } from "./source-file.ts";
import { at, type Tree } from "./tree.ts";

/** Whether it is what Connect's REST API takes: a connector's settings, alone or under `config`. */
export function isConnector(tree: Tree): boolean {
  return at(configOf(tree), "connector.class") !== undefined;
}

export function readConnector(file: string, tree: Tree): readonly FoundDocument[] {
  const entries = dottedEntries(configOf(tree));
  const kind = detectKind(entries);
  return kind ? [{ document: { file, part: undefined, kind, entries } }] : [];
}

function configOf(tree: Tree): Tree {
  const config = at(tree, "config");
  return config?.is === "map" ? config : tree;
}
