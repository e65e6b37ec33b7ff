import { readFileSync, statSync } from "node:fs";
import { parse, YAMLParseError } from "yaml";
import { UsageError } from "./command.ts";
import type { FaultsPlan } from "./parts/controlled-broker-part.ts";

const FILE_BYTES_MAX: number = 1024 * 1024;

/** The faults of a YAML (or JSON) file: a list of them, or `faults:` with such a list. Throws {@link UsageError}. */
export function readFaultFile(file: string): FaultsPlan["armed"] {
  const content = parsed(file);
  const list = isObject(content) && Object.keys(content).join() === "faults" ? content["faults"] : content;
  if (!Array.isArray(list))
    throw new UsageError(`The faults file ${file} is no list of faults; write "- api: Produce" and what is to happen below it.`);
  return list.map((spec: unknown, at) => ({ where: `${file}, fault ${at + 1}`, spec }));
}

function parsed(file: string): unknown {
  try {
    if (statSync(file).size > FILE_BYTES_MAX) throw new UsageError(`The faults file ${file} has more than ${FILE_BYTES_MAX} bytes.`);
    return parse(readFileSync(file, "utf8"), { maxAliasCount: 100 });
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (error instanceof YAMLParseError) throw new UsageError(`The faults file ${file} is no YAML: ${error.message.split("\n")[0]}`);
    throw new UsageError(
      `The faults file ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}); check --faults-file.`,
    );
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
