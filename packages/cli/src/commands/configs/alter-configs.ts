import type { ConfigChange } from "@ottla/client";
import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, reportFailures, shown } from "../../output.ts";
import { configFailure, configTarget, describeTarget } from "./config-target.ts";

export const setConfigs: RunCommand = (context) => alter(context, parseChange);
export const unsetConfigs: RunCommand = (context) => alter(context, (name) => ({ op: "delete", name }));

function alter(context: CommandContext, toChange: (word: string) => ConfigChange): Promise<0 | 1> {
  const { options, positionals, stdout } = context;
  const { resource, rest } = configTarget(positionals);
  if (rest.length === 0) throw new UsageError("There is nothing to change; name at least one setting.");
  const changes = rest.map(toChange);
  const validateOnly = options.has("validate-only");
  return withClient(context, async (client) => {
    const [outcome] = await client.admin().alterConfigs([{ ...resource, changes }], { validateOnly });
    const failures = outcome?.error ? [configFailure(resource, outcome.error)] : [];
    if (options.has("json")) printJson(context, { ...resource, altered: failures.length === 0 && !validateOnly, failed: failures });
    else if (failures.length === 0)
      stdout.write(
        shown`${validateOnly ? "Could change" : "Changed"} ${changes.map(({ name }) => name).join(", ")} of ${describeTarget(resource)}.\n`,
      );
    return reportFailures(context, failures);
  });
}

/** `name=value`, `name+=value`, `name-=value`. Throws {@link UsageError}. */
export function parseChange(word: string): ConfigChange {
  const match = /^([^=+\s]+?)(\+|-)?=(.*)$/s.exec(word);
  if (!match) throw new UsageError(`"${word}" is no setting; write NAME=VALUE, NAME+=VALUE or NAME-=VALUE.`);
  const [, name = "", sign, value = ""] = match;
  return { op: sign === "+" ? "append" : sign === "-" ? "subtract" : "set", name, value };
}
