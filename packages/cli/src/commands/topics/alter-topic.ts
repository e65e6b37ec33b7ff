import { assignmentsOf } from "../../assignments.ts";
import { INT32_MAX, type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, type ResourceFailure, reportFailures, shown } from "../../output.ts";
import { resourceFailure } from "../../unknown-resources.ts";

export const alterTopic: RunCommand = (context) =>
  withClient(context, async (client) => {
    const { options, positionals, stdout } = context;
    const [topic] = positionals as [string];
    const partitionCount = options.integer("partitions", 1, INT32_MAX);
    const changes = [
      ...assignmentsOf(options.texts("config")).map(([name, value]) => ({ op: "set" as const, name, value })),
      ...options.texts("delete-config").map((name) => ({ op: "delete" as const, name })),
    ];
    if (partitionCount === undefined && changes.length === 0)
      throw new UsageError("There is nothing to change; give --partitions, --config or --delete-config.");
    const admin = client.admin();
    // Settings go first: they can be refused without a trace, while partitions stay.
    const configured = changes.length > 0 ? await admin.alterConfigs([{ type: "topic", name: topic, changes }]) : [];
    const failures: ResourceFailure[] = configured.flatMap(({ error }) => (error ? [resourceFailure("topic", topic, error)] : []));
    if (failures.length === 0 && partitionCount !== undefined) {
      for (const { error } of await admin.createPartitions([{ topic, partitionCount }]))
        if (error) failures.push(resourceFailure("topic", topic, error));
    }
    if (options.has("json")) printJson(context, { topic, altered: failures.length === 0, failed: failures });
    else if (failures.length === 0) stdout.write(shown`Altered ${topic}.\n`);
    return reportFailures(context, failures);
  });
