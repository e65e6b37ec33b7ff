import { readFileSync } from "node:fs";
import { parseJavaProperties } from "@ottla/base";
import { type ClientKind, propertyUse } from "@ottla/client";
import { assignmentsOf } from "./assignments.ts";
import { type CommandContext, UsageError } from "./command.ts";
import { shown } from "./output.ts";

/** Contexts whose properties were looked at: each is told of once. */
const looked = new WeakSet<CommandContext["options"]>();

/**
 * The properties of `--command-config` with those of `--property` over them. The first time, names that do nothing are warned of: unknown ones, and single ones that are for
 * another kind of client than `kinds`; a file may be shared.
 */
export function clientProperties(context: CommandContext, ...kinds: readonly ClientKind[]): Map<string, string> {
  const { options } = context;
  const fromFile = commandConfig(context);
  const given = assignmentsOf(options.texts("property"));
  if (!looked.has(options)) {
    looked.add(options);
    const file = options.text("command-config");
    for (const name of fromFile.keys()) warn(context, name, `${file} (--command-config)`, undefined);
    for (const [name] of given) warn(context, name, "--property", kinds);
  }
  return new Map([...fromFile, ...given]);
}

function commandConfig({ options }: CommandContext): Map<string, string> {
  const file = options.text("command-config");
  if (file === undefined) return new Map();
  try {
    return parseJavaProperties(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(
      `The properties file ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}); check --command-config.`,
    );
  }
}

function warn({ stderr }: CommandContext, name: string, place: string, kinds: readonly ClientKind[] | undefined): void {
  const use = propertyUse(name);
  if (use.kind === "unknown") {
    const near = use.near === undefined ? "" : `; "${use.near}" was perhaps meant`;
    stderr.write(shown`ottla: The property "${name}" of ${place} is not known and is ignored${near}.\n`);
  } else if (kinds !== undefined && use.kind === "no effect") {
    stderr.write(shown`ottla: The property "${name}" of ${place} has no effect: this client does without it.\n`);
  } else if (kinds !== undefined && use.kind !== "client" && use.kind !== "no effect" && !kinds.includes(use.kind)) {
    stderr.write(shown`ottla: The property "${name}" of ${place} has no effect: it is for a ${use.kind}.\n`);
  }
}
