import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, type ResourceFailure, reportFailures, shown } from "../../output.ts";
import { resourceFailure } from "../../unknown-resources.ts";

export const deleteGroups: RunCommand = (context) =>
  withClient(context, async (client) => {
    const { options, positionals, stdout } = context;
    const failures: ResourceFailure[] = [];
    const deleted = (await client.admin().deleteGroups(positionals)).flatMap(({ name, error }) => {
      if (!error) return [name];
      if (!(error.code === "GROUP_ID_NOT_FOUND" && options.has("if-exists"))) failures.push(resourceFailure("group", name, error));
      return [];
    });
    if (options.has("json")) printJson(context, { deleted, failed: failures });
    else for (const name of deleted) stdout.write(shown`Deleted ${name}.\n`);
    return reportFailures(context, failures);
  });
