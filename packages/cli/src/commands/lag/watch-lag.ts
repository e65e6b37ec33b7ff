import { printableJson } from "@ottla/base";
import { reportLag } from "@ottla/expert";
import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { reportFailures } from "../../output.ts";
import { textStyle } from "../../text-style.ts";
import { groupTable, worstFirst } from "./lag-table.ts";
import { failuresOf, milliseconds, tellPartial, watchNamed } from "./observed-groups.ts";

/** From the top-left corner, what was there before taken away. */
const CLEAR = "\x1b[H\x1b[2J";

export const watchLag: RunCommand = (context) => {
  const { options, positionals, stdout, env } = context;
  const everyMs = milliseconds(options, "every", 10, 0.1);
  return withClient(context, async (client) => {
    const told = new Set<string>();
    let toldPartial = false;
    for await (const watched of watchNamed(context, client.admin(), everyMs)) {
      const reports = worstFirst([...watched.observations.values()].map(reportLag));
      if (options.has("json")) stdout.write(`${printableJson({ time: new Date().toISOString(), groups: reports })}\n`);
      else
        stdout.write(
          `${stdout.isTTY ? CLEAR : ""}${new Date().toISOString()}\n${groupTable(reports, textStyle(stdout, env))}${stdout.isTTY ? "" : "\n"}`,
        );
      if (!toldPartial) tellPartial(context, watched);
      toldPartial ||= watched.mayLackGroups;
      // Once for each group: a watch goes on for long.
      const failures = failuresOf(watched, positionals).filter(({ name, error }) => !told.has(`${name} ${error}`));
      for (const { name, error } of failures) told.add(`${name} ${error}`);
      reportFailures(context, failures);
    }
    return 0 as const;
  });
};
