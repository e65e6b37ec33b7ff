import { commandConfig } from "./connect-client.ts";
import type { CommandContext } from "./command.ts";
import { assignmentsOf } from "./assignments.ts";

/** The properties of `--command-config` with those of `--property` over them. */
export function clientProperties(context: CommandContext): Map<string, string> {
  const properties = commandConfig(context);
  for (const [name, value] of assignmentsOf(context.options.texts("property"))) properties.set(name, value);
  return properties;
}
