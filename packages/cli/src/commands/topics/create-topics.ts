import { assignmentsOf } from "../../assignments.ts";
import { INT16_MAX, INT32_MAX, type RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, type ResourceFailure, reportFailures, shown } from "../../output.ts";
import { resourceFailure } from "../../unknown-resources.ts";

export const createTopics: RunCommand = (context) =>
  withClient(context, async (client) => {
    const { options, positionals, stdout } = context;
    const configs = Object.fromEntries(assignmentsOf(options.texts("config")));
    const wanted = positionals.map((name) => ({
      name,
      configs,
      partitionCount: options.integer("partitions", 1, INT32_MAX),
      replicationFactor: options.integer("replication-factor", 1, INT16_MAX),
    }));
    const validateOnly = options.has("validate-only");
    const outcomes = await client.admin().createTopics(wanted, { validateOnly });
    const failures: ResourceFailure[] = [];
    const created = outcomes.flatMap(({ name, error, value }) => {
      if (!error) return [{ name, ...value, configs: undefined }];
      if (!(error.code === "TOPIC_ALREADY_EXISTS" && options.has("if-not-exists"))) failures.push(resourceFailure("topic", name, error));
      return [];
    });
    if (options.has("json")) printJson(context, { created, failed: failures });
    else
      for (const { name, partitionCount, replicationFactor } of created)
        stdout.write(
          shown`${validateOnly ? "Could create" : "Created"} ${name}: ${counted(partitionCount, "partition")}, ${counted(replicationFactor, "replica")}.\n`,
        );
    return reportFailures(context, failures);
  });

function counted(count: number | undefined, thing: string): string {
  return `${count ?? "?"} ${thing}${count === 1 ? "" : "s"}`;
}
