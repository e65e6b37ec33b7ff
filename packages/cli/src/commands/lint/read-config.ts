import { existsSync } from "node:fs";
import { EMPTY_CONFIG, type LintConfig, readLintConfig } from "@ottla/expert";
import { UsageError } from "../../command.ts";
import { readText } from "./read-text.ts";

/** The project's own word: the file that is named, else `ottla.yaml` here, if there is one. */
export async function readConfig(named: string | undefined): Promise<LintConfig> {
  const path = named ?? "ottla.yaml";
  if (named === undefined && !existsSync(path)) return EMPTY_CONFIG;
  const read = await readText(path);
  if ("failure" in read) throw new UsageError(`${path}: ${read.failure}`);
  const config = readLintConfig(read.text);
  if (typeof config === "string") throw new UsageError(`${path}: ${config}`);
  return config;
}
