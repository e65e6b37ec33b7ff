import { type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, type ResourceFailure, reportFailures, shown } from "../../output.ts";
import { parseSelection, resolveSelections } from "./partition-selection.ts";

export const deleteOffsets: RunCommand = (context) => {
  const { options, positionals, stdout } = context;
  const [groupId] = positionals as [string];
  const selections = options.texts("topic").map(parseSelection);
  if (selections.length === 0) throw new UsageError('Say with --topic what to forget; "ottla groups delete" forgets everything.');
  return withClient(context, async (client) => {
    const admin = client.admin();
    const partitions = await resolveSelections(admin, selections);
    const failures: ResourceFailure[] = [];
    const deleted = (await admin.deleteGroupOffsets(groupId, partitions)).flatMap(({ topic, partition, error }) => {
      if (!error) return [{ topic, partition }];
      failures.push({ name: `${topic}-${partition}`, error: error.code, message: error.message });
      return [];
    });
    if (options.has("json")) printJson(context, { groupId, deleted, failed: failures });
    else for (const { topic, partition } of deleted) stdout.write(shown`${groupId} has no offset for ${topic}-${partition} any more.\n`);
    return reportFailures(context, failures);
  });
};
