import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, type ResourceFailure, reportFailures, shown } from "../../output.ts";
import { resourceFailure } from "../../unknown-resources.ts";

export const deleteTopics: RunCommand = (context) =>
  withClient(context, async (client) => {
    const { options, positionals, stdout } = context;
    const outcomes = await client.admin().deleteTopics(positionals);
    const failures: ResourceFailure[] = [];
    const deleted = outcomes.flatMap(({ name, error }) => {
      if (!error) return [name];
      if (!(error.code === "UNKNOWN_TOPIC_OR_PARTITION" && options.has("if-exists"))) failures.push(resourceFailure("topic", name, error));
      return [];
    });
    if (options.has("json")) printJson(context, { deleted, failed: failures });
    else for (const name of deleted) stdout.write(shown`Deleted ${name}.\n`);
    return reportFailures(context, failures);
  });
