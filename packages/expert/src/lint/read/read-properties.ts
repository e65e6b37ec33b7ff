import { type JavaProperties, readJavaProperties } from "@ottla/base";
import { detectKind } from "../detect-kind.ts";
import { NOTHING, type ReadFile, type SourceFile, unreadable } from "./source-file.ts";

/** Reads a properties file: a broker's, a client's, a worker's or a connector's, by its keys. */
export function readPropertiesFile({ path, text }: SourceFile): ReadFile {
  let properties: JavaProperties;
  try {
    properties = readJavaProperties(text);
  } catch (error) {
    return unreadable(path, (error as Error).message);
  }
  const entries = properties.entries.map(({ name, value, line }) => ({ key: name, value, line }));
  const kind = detectKind(entries);
  if (!kind) return NOTHING;
  return {
    ...NOTHING,
    documents: [{ document: { file: path, part: undefined, kind, entries } }],
    comments: properties.comments,
  };
}
