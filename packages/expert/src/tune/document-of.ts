import { readJavaProperties } from "@ottla/base";
import { detectKind } from "../lint/detect-kind.ts";
import type { SettingsDocument } from "../lint/document.ts";

/** A properties file as settings; undefined when they are none that a preset speaks of. Errors: those of a file that is no properties file. */
export function documentOf(file: string, text: string): SettingsDocument | undefined {
  const entries = readJavaProperties(text).entries.map(({ name, value, line }) => ({ key: name, value, line }));
  const kind = detectKind(entries);
  return kind === undefined || kind === "admin" ? undefined : { file, part: undefined, kind, entries };
}
