import { readFile } from "node:fs/promises";
import { EMPTY_CONFIG, type LintConfig, readLintConfig } from "@ottla/expert";
import { UsageError } from "../../command.ts";
import { reasonOf } from "../../reason-of.ts";

/** The project's own word: the file that is named, else `ottla.yaml` here, if there is one. */
export async function readConfig(named: string | undefined): Promise<LintConfig> {
  const path = named ?? "ottla.yaml";
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (named === undefined && (error as NodeJS.ErrnoException).code === "ENOENT") return EMPTY_CONFIG;
    throw new UsageError(`${path}: ${reasonOf(error)}`);
  }
  const config = readLintConfig(text);
  if (typeof config === "string") throw new UsageError(`${path}: ${config}`);
  return config;
}
