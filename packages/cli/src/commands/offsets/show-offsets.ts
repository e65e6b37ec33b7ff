import { OttlaError } from "@ottla/base";
import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";
import { readGroupLag } from "../groups/group-lag.ts";
import { parseSelection } from "./partition-selection.ts";

export const showOffsets: RunCommand = (context) => {
  const { options, positionals, stdout, env } = context;
  const [groupId] = positionals as [string];
  const selections = options.texts("topic").map(parseSelection);
  return withClient(context, async (client) => {
    const all = await readGroupLag(client.admin(), groupId, []);
    const isMeant = (topic: string, partition: number): boolean =>
      selections.length === 0 || selections.some((each) => each.topic === topic && (each.partitions?.includes(partition) ?? true));
    const offsets = all.filter(({ topic, partition }) => isMeant(topic, partition));
    if (offsets.length === 0)
      throw new OttlaError(
        "NO_OFFSETS",
        `The group ${groupId} has committed nothing${selections.length > 0 ? " there" : ""}; "ottla groups list" shows the groups there are.`,
      );
    if (options.has("json")) {
      printJson(context, {
        groupId,
        offsets: offsets.map(({ topic, partition, committed, end, lag, metadata }) => ({
          topic,
          partition,
          committed,
          end,
          lag,
          metadata,
        })),
      });
    } else {
      const columns = ["topic", "partition", "committed", "end", "lag", "metadata"].map((title) => ({
        title,
        isNumeric: title !== "topic" && title !== "metadata",
      }));
      const rows = offsets.map(({ topic, partition, committed, end, lag, metadata }) => [
        topic,
        partition,
        committed,
        end,
        lag,
        metadata || undefined,
      ]);
      stdout.write(renderTable(columns, rows, textStyle(stdout, env)));
    }
    return 0 as const;
  });
};
