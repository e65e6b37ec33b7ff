import type { OffsetSpec } from "@ottla/client";
import { type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { parseTime } from "../../offset-positions.ts";
import { printJson, reportFailures } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";
import { parseSelection, resolveSelections } from "./partition-selection.ts";

export const listOffsets: RunCommand = (context) => {
  const { options, positionals, stdout, env } = context;
  const at = options.text("at");
  const timestamp = at === undefined ? undefined : parseTime(at);
  if (at !== undefined && timestamp === undefined)
    throw new UsageError(`--at is "${at}", which is no time; write ISO 8601 such as 2026-01-31T12:00Z, or @ and milliseconds.`);
  return withClient(context, async (client) => {
    const admin = client.admin();
    const partitions = await resolveSelections(admin, positionals.map(parseSelection));
    const lookUp = (spec: OffsetSpec) => admin.listOffsets(partitions.map((partition) => ({ ...partition, spec })));
    const [starts, ends, timed] = await Promise.all([
      lookUp("earliest"),
      lookUp("latest"),
      timestamp === undefined ? undefined : lookUp({ timestamp }),
    ]);
    const rows = partitions.map(({ topic, partition }, i) => {
      const start = starts[i]?.value?.offset;
      const end = ends[i]?.value?.offset;
      return {
        topic,
        partition,
        start,
        end,
        count: start === undefined || end === undefined ? undefined : end - start,
        ...(timed && { at: timed[i]?.value?.offset ?? null, atTimestamp: timed[i]?.value?.timestamp ?? null }),
      };
    });
    if (options.has("json")) printJson(context, rows);
    else {
      const titles = ["topic", "partition", "start", "end", "offsets", ...(timed ? ["at time"] : [])];
      const columns = titles.map((title) => ({ title, isNumeric: title !== "topic" }));
      const cells = rows.map(({ topic, partition, start, end, count, at: found }) => [
        topic,
        partition,
        start,
        end,
        count,
        found ?? undefined,
      ]);
      stdout.write(renderTable(columns, cells, textStyle(stdout, env)));
    }
    const refused = [...starts, ...ends, ...(timed ?? [])].flatMap(({ topic, partition, error }) =>
      error ? [{ name: `${topic}-${partition}`, error: error.code, message: error.message }] : [],
    );
    return reportFailures(context, refused);
  });
};
