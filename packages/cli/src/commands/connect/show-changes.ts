import type { CommandContext } from "../../command.ts";
import { shown } from "../../output.ts";
import type { ConnectorChanges } from "./connector-changes.ts";

/** The settings that differ, a line each. */
export function showDifferences({ stdout }: CommandContext, { differences, unseen }: ConnectorChanges): void {
  for (const { setting, before, after } of differences) {
    if (before !== undefined) stdout.write(shown`- ${setting}=${before}\n`);
    if (after !== undefined) stdout.write(shown`+ ${setting}=${after}\n`);
  }
  for (const setting of unseen) stdout.write(shown`? ${setting}: a secret; whether it differs cannot be seen\n`);
}
