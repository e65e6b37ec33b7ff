import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, shown } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";

export const listGroups: RunCommand = (context) =>
  withClient(context, async (client) => {
    const { options, stdout, env } = context;
    const states = options.texts("state");
    const groups = await client.admin().listGroups(states.length > 0 ? { states } : {});
    if (options.has("json")) {
      printJson(context, groups);
    } else if (groups.length === 0) {
      stdout.write(states.length > 0 ? shown`There are no groups in state ${states.join(" or ")}.\n` : "There are no groups.\n");
    } else {
      const columns = [
        { title: "group" },
        { title: "state" },
        { title: "type" },
        { title: "protocol" },
        { title: "coordinator", isNumeric: true },
      ];
      const rows = groups.map(({ groupId, state, type, protocolType, coordinator }) => [
        groupId,
        state,
        type,
        protocolType || undefined,
        coordinator,
      ]);
      stdout.write(renderTable(columns, rows, textStyle(stdout, env)));
    }
    return 0 as const;
  });
