import { type GroupObservation, lagMetrics, reportLag } from "@ottla/expert";
import { type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, reportFailures, shown } from "../../output.ts";
import { textStyle } from "../../text-style.ts";
import { groupTable, partitionTable, worstFirst } from "./lag-table.ts";
import { failuresOf, milliseconds, tellPartial, watchFor } from "./observed-groups.ts";

export const showLag: RunCommand = (context) => {
  const { options, positionals, stdout, env } = context;
  const forMs = milliseconds(options, "for", 0);
  const everyMs = milliseconds(options, "every", 2, 0.1);
  if (options.has("json") && options.has("prometheus"))
    throw new UsageError("Give either --json or --prometheus; the output is one of them.");
  return withClient(context, async (client) => {
    const watched = await watchFor(context, client.admin(), forMs, everyMs);
    const observations: readonly GroupObservation[] = [...watched.observations.values()];
    // Groups that only subscribe and keep their offsets elsewhere say nothing here, unless they were asked for.
    const reports = worstFirst(observations.map(reportLag)).filter((report) => positionals.length > 0 || report.partitions.length > 0);
    if (options.has("json")) printJson(context, reports);
    else if (options.has("prometheus")) stdout.write(lagMetrics(reports));
    else if (reports.length === 0 && positionals.length === 0)
      stdout.write(
        watched.mayLackGroups
          ? "NOT SEEN: too little could be looked at to say whether any group is behind.\n"
          : "There are no groups with offsets.\n",
      );
    else if (reports.length > 0) {
      const style = textStyle(stdout, env);
      const parts = [groupTable(reports, style)];
      if (options.has("partitions"))
        parts.push(...reports.map((report) => `${style.bold(shown`${report.groupId}`)}\n${partitionTable(report, style)}`));
      stdout.write(parts.join("\n"));
    }
    tellPartial(context, watched);
    const status = reportFailures(context, failuresOf(watched, positionals));
    // That nothing is behind is not known where nothing was seen.
    return watched.mayLackGroups && reports.length === 0 ? 1 : status;
  });
};
