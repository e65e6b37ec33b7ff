import { type JavaProperties, readJavaProperties } from "@ottla/base";
import { detectKind } from "../detect-kind.ts";
import { readCompose } from "./read-compose.ts";
import { readConnector } from "./read-connector.ts";
import { NOTHING, type ReadFile, type SourceFile, unreadable } from "./source-file.ts";

/** How a file is read, by the end of its name. */
const READERS: readonly (readonly [RegExp, (file: SourceFile) => ReadFile])[] = [
  [/\.properties$/i, readPropertiesFile],
  [/\.ya?ml$/i, readCompose],
  [/\.json$/i, readConnector],
];

/** Whether a file of this name is looked into. */
export function isReadable(path: string): boolean {
  return /\.avsc$/i.test(path) || READERS.some(([name]) => name.test(path));
}

/** What a file holds that rules can judge: nothing, when it is no file of Kafka's. */
export function readFile(file: SourceFile): ReadFile {
  const reader = READERS.find(([name]) => name.test(file.path))?.[1];
  return reader ? reader(file) : NOTHING;
}

function readPropertiesFile({ path, text }: SourceFile): ReadFile {
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
