import { OttlaError } from "@ottla/base";
import type { Admin, TopicPartition } from "@ottla/client";
import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { findStartOffsets, parseStartPosition, type StartPosition } from "../../offset-positions.ts";
import { printJson, type ResourceFailure, reportFailures } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";
import { parseSelection, resolveSelections, type TopicSelection } from "./partition-selection.ts";

/** Where a partition's offset was and is to be; `from` is undefined where nothing was committed. */
interface Move extends TopicPartition {
  readonly from: number | undefined;
  readonly to: number;
}

export const resetOffsets: RunCommand = (context) => {
  const { options, positionals } = context;
  const [groupId] = positionals as [string];
  const target = resetTarget(context);
  const selections = options.texts("topic").map(parseSelection);
  return withClient(context, async (client) => {
    const admin = client.admin();
    await refuseActiveGroup(admin, groupId);
    const moves = await planMoves(admin, groupId, selections, target);
    const outcomes = options.has("dry-run")
      ? []
      : await admin.alterGroupOffsets(
          groupId,
          moves.map(({ topic, partition, to }) => ({ topic, partition, offset: to })),
        );
    const failures: ResourceFailure[] = outcomes.flatMap(({ topic, partition, error }) =>
      error ? [{ name: `${topic}-${partition}`, error: error.code, message: error.message }] : [],
    );
    report(context, groupId, moves, failures);
    return reportFailures(context, failures);
  });
};

function resetTarget({ options }: CommandContext): StartPosition | { readonly kind: "shift"; readonly by: number } {
  const to = options.text("to");
  const by = options.integer("shift-by", -Number.MAX_SAFE_INTEGER);
  if ((to === undefined) === (by === undefined)) throw new UsageError("Give either --to or --shift-by to say where the offsets are to go.");
  return by === undefined ? parseStartPosition(to!) : { kind: "shift", by };
}

async function refuseActiveGroup(admin: Admin, groupId: string): Promise<void> {
  const [described] = await admin.describeGroups([groupId]);
  const members = described?.value?.members.length ?? 0;
  if (members > 0)
    throw new OttlaError(
      "GROUP_ACTIVE",
      `The group ${groupId} has ${members} ${members === 1 ? "member" : "members"}, which would go on from their own positions; stop them first.`,
    );
}

async function planMoves(
  admin: Admin,
  groupId: string,
  selections: readonly TopicSelection[],
  target: ReturnType<typeof resetTarget>,
): Promise<Move[]> {
  const committed = new Map<string, number>();
  const known: TopicPartition[] = [];
  for (const { topic, partition, error, value } of await admin.listGroupOffsets(groupId)) {
    if (error) throw error;
    if (value === undefined) continue;
    committed.set(`${topic} ${partition}`, value.offset);
    known.push({ topic, partition });
  }
  const partitions = selections.length > 0 ? await resolveSelections(admin, selections) : known;
  if (partitions.length === 0)
    throw new OttlaError("NO_OFFSETS", `The group ${groupId} has committed nothing; say with --topic which topics it is to read.`);
  const [starts, ends] = await Promise.all([
    findStartOffsets(admin, partitions, { kind: "spec", spec: "earliest" }),
    findStartOffsets(admin, partitions, { kind: "spec", spec: "latest" }),
  ]);
  const places = target.kind === "shift" ? undefined : await findStartOffsets(admin, partitions, target);
  return partitions.map(({ topic, partition }, i) => {
    const from = committed.get(`${topic} ${partition}`);
    const wanted = target.kind === "shift" ? (from ?? starts[i]!) + target.by : places![i]!;
    return { topic, partition, from, to: Math.min(Math.max(wanted, starts[i]!), ends[i]!) };
  });
}

function report(context: CommandContext, groupId: string, moves: readonly Move[], failures: readonly ResourceFailure[]): void {
  const { options, stdout, env } = context;
  const dryRun = options.has("dry-run");
  if (options.has("json")) {
    printJson(context, { groupId, dryRun, offsets: moves, failed: failures });
    return;
  }
  const columns = [
    { title: "topic" },
    { title: "partition", isNumeric: true },
    { title: "from", isNumeric: true },
    { title: "to", isNumeric: true },
  ];
  stdout.write(
    renderTable(
      columns,
      moves.map(({ topic, partition, from, to }) => [topic, partition, from, to]),
      textStyle(stdout, env),
    ),
  );
  if (dryRun) stdout.write("Nothing was changed; leave out --dry-run to do it.\n");
}
