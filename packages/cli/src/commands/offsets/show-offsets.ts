import { OttlaError } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { lagOf } from "@ottla/expert";
import { readPositions } from "@ottla/expert/collect";
import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, reportFailures } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";
import { unseenFailures } from "../lag/observed-groups.ts";
import { parseSelection } from "./partition-selection.ts";

export const showOffsets: RunCommand = (context) => {
  const { options, positionals, stdout, env, signal } = context;
  const [groupId] = positionals as [string];
  const selections = options.texts("topic").map(parseSelection);
  return withClient(context, async (client) => {
    const { partitions, unseen } = await readPositions(client.admin(), groupId, { clock: systemClock, signal });
    const isMeant = (topic: string, partition: number): boolean =>
      selections.length === 0 || selections.some((each) => each.topic === topic && (each.partitions?.includes(partition) ?? true));
    const offsets = partitions
      .filter(({ topic, partition }) => isMeant(topic, partition))
      .map((each) => ({
        topic: each.topic,
        partition: each.partition,
        committed: each.committed,
        end: each.highWatermark,
        lag: lagOf(each),
        metadata: each.metadata,
      }));
    if (offsets.length === 0)
      throw new OttlaError(
        "NO_OFFSETS",
        `The group ${groupId} has committed nothing${selections.length > 0 ? " there" : ""}; "ottla groups list" shows the groups there are.`,
      );
    if (options.has("json")) {
      printJson(context, { groupId, offsets });
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
    return reportFailures(context, unseenFailures(unseen.filter(({ topic, partition }) => isMeant(topic, partition))));
  });
};
