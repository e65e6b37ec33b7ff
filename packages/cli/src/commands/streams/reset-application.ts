import { readFileSync } from "node:fs";
import { OttlaError } from "@ottla/base";
import type { Admin, TopicPartition } from "@ottla/client";
import { applicationTopics } from "@ottla/streams/operate";
import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { findStartOffsets } from "../../offset-positions.ts";
import { printJson, type ResourceFailure, reportFailures, shown } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";
import { resourceFailure, unknownTopic } from "../../unknown-resources.ts";
import { streamsGroupOf } from "./application-group.ts";
import { type ResetTarget, resetTarget } from "./reset-target.ts";

interface Move extends TopicPartition {
  readonly from: number | undefined;
  readonly to: number;
}

/** What a reset is to do. Known whole before anything is changed. */
interface ResetPlan {
  readonly moves: readonly Move[];
  readonly deletions: readonly string[];
  readonly memberIds: readonly string[];
}

export const resetApplication: RunCommand = (context) => {
  const { options, positionals } = context;
  const [applicationId] = positionals as [string];
  const target = resetTarget(options, (file) => readFileSync(file, "utf8"));
  return withClient(context, async (client) => {
    const admin = client.admin();
    const plan = await planReset(context, admin, applicationId, target);
    const failures = options.has("dry-run") ? [] : await carryOut(admin, applicationId, plan);
    report(context, applicationId, plan, failures);
    return reportFailures(context, failures);
  });
};

async function planReset({ options }: CommandContext, admin: Admin, applicationId: string, target: ResetTarget): Promise<ResetPlan> {
  const inputs = listed(options.texts("input-topics"));
  const intermediates = listed(options.texts("intermediate-topics"));
  const both = inputs.filter((topic) => intermediates.includes(topic));
  if (both.length > 0) throw new UsageError(`${both.join(", ")} cannot be an input and an intermediate topic: it is read from one place.`);
  const [memberIds, topics] = await Promise.all([members(admin, applicationId, options.has("force")), admin.listTopics()]);
  const partitionCounts = new Map(topics.map(({ name, partitionCount }) => [name, partitionCount]));
  for (const topic of [...inputs, ...intermediates]) if (!partitionCounts.has(topic)) throw unknownTopic(topic);
  const own = Object.values(applicationTopics(applicationId, [...partitionCounts.keys()])).flat();
  const chosen = listed(options.texts("internal-topics"));
  const foreign = chosen.filter((topic) => !own.includes(topic));
  if (foreign.length > 0)
    throw new UsageError(
      `${foreign.join(", ")} ${foreign.length === 1 ? "is none" : "are none"} of the topics that ${applicationId} made for itself: ${own.join(", ") || "it has none"}.`,
    );
  const asked = [...inputs, ...intermediates].filter((topic) => own.includes(topic));
  if (asked.length > 0)
    throw new UsageError(`${asked.join(", ")} is the application's own, and is deleted: leave it out of --input-topics.`);
  const partitionsOf = (names: readonly string[]) =>
    names.flatMap((topic) => Array.from({ length: partitionCounts.get(topic)! }, (_, partition) => ({ topic, partition })));
  return {
    memberIds,
    deletions: options.has("internal-topics") ? chosen : own,
    moves: [
      ...(await movesTo(admin, applicationId, partitionsOf(inputs), target)),
      ...(await movesTo(admin, applicationId, partitionsOf(intermediates), { kind: "spec", spec: "latest" })),
    ],
  };
}

/** Those that have to go before anything can be done. */
async function members(admin: Admin, applicationId: string, isForced: boolean): Promise<readonly string[]> {
  const streamsGroup = await streamsGroupOf(admin, applicationId);
  if (streamsGroup !== undefined && streamsGroup.members.length > 0)
    throw new OttlaError(
      "GROUP_ACTIVE",
      `Application ${applicationId} has ${streamsGroup.members.length} active ${streamsGroup.members.length === 1 ? "member" : "members"}, of a group that its coordinator divides. Stop all its instances first; of those that were killed it is rid when their session is over, and nobody can take them out before.`,
    );
  if (streamsGroup !== undefined) return [];
  const [described] = await admin.describeGroups([applicationId]);
  // A group that is gone has no members, and its topics may be there all the same.
  if (described?.error !== undefined && described.error.code !== "GROUP_ID_NOT_FOUND") throw described.error;
  const active = described?.value?.members ?? [];
  if (active.length === 0 || isForced) return active.map(({ memberId }) => memberId);
  const names = active.map(({ groupInstanceId, memberId, clientHost }) => `${groupInstanceId ?? memberId} at ${clientHost}`).join(", ");
  throw new OttlaError(
    "GROUP_ACTIVE",
    `Application ${applicationId} has ${active.length} active ${active.length === 1 ? "member" : "members"}: ${names}. Stop all its instances first. Where they are stopped and only their session is not over, --force takes them out of the group.`,
  );
}

async function movesTo(admin: Admin, applicationId: string, partitions: readonly TopicPartition[], target: ResetTarget): Promise<Move[]> {
  if (partitions.length === 0) {
    if (target.kind === "plan")
      throw new UsageError("--from-file says where input topics are to be read from: name them with --input-topics.");
    return [];
  }
  const named = target.kind === "plan" ? partitionsOfPlan(target.offsets, partitions) : partitions;
  const [committed, starts, ends] = await Promise.all([
    admin.listGroupOffsets(applicationId),
    findStartOffsets(admin, named, { kind: "spec", spec: "earliest" }),
    findStartOffsets(admin, named, { kind: "spec", spec: "latest" }),
  ]);
  const places = target.kind === "shift" || target.kind === "plan" ? undefined : await findStartOffsets(admin, named, target);
  return named.map(({ topic, partition }, i) => {
    const from = committed.find((each) => each.topic === topic && each.partition === partition)?.value?.offset;
    const wanted =
      target.kind === "plan"
        ? target.offsets.find((each) => each.topic === topic && each.partition === partition)!.offset
        : target.kind === "shift"
          ? (from ?? starts[i]!) + target.by
          : places![i]!;
    return { topic, partition, from, to: Math.min(Math.max(wanted, starts[i]!), ends[i]!) };
  });
}

function partitionsOfPlan(offsets: readonly TopicPartition[], inputs: readonly TopicPartition[]): TopicPartition[] {
  return offsets.map(({ topic, partition }) => {
    if (inputs.some((each) => each.topic === topic && each.partition === partition)) return { topic, partition };
    throw new UsageError(`The file names ${topic}-${partition}, which is no partition of --input-topics.`);
  });
}

/** Offsets before topics: a reset that stops in the middle is done again with the same words. */
async function carryOut(admin: Admin, applicationId: string, { memberIds, moves, deletions }: ResetPlan): Promise<ResourceFailure[]> {
  if (memberIds.length > 0) {
    for (const { memberId, error } of await admin.removeGroupMembers(applicationId))
      if (error !== undefined) return [{ name: memberId, error: error.code, message: error.message }];
  }
  const offsets = moves.map(({ topic, partition, to }) => ({ topic, partition, offset: to }));
  const moved = offsets.length === 0 ? [] : await admin.alterGroupOffsets(applicationId, offsets);
  const failed = moved.flatMap(({ topic, partition, error }) =>
    error ? [{ name: `${topic}-${partition}`, error: error.code, message: error.message }] : [],
  );
  if (failed.length > 0 || deletions.length === 0) return failed;
  const deleted = await admin.deleteTopics(deletions);
  return deleted.flatMap(({ name, error }) => (error ? [resourceFailure("topic", name, error)] : []));
}

function report(
  context: CommandContext,
  applicationId: string,
  { moves, deletions, memberIds }: ResetPlan,
  failures: readonly ResourceFailure[],
): void {
  const { options, stdout, env } = context;
  const dryRun = options.has("dry-run");
  if (options.has("json")) {
    printJson(context, { applicationId, dryRun, offsets: moves, deletedTopics: deletions, removedMembers: memberIds, failed: failures });
    return;
  }
  const columns = [
    { title: "topic" },
    { title: "partition", isNumeric: true },
    { title: "from", isNumeric: true },
    { title: "to", isNumeric: true },
  ];
  if (moves.length > 0)
    stdout.write(
      renderTable(
        columns,
        moves.map(({ topic, partition, from, to }) => [topic, partition, from, to]),
        textStyle(stdout, env),
      ),
    );
  else stdout.write("No offsets are moved: --input-topics names none.\n");
  const failed = new Set(failures.map(({ name }) => name));
  for (const id of memberIds) stdout.write(shown`${dryRun ? "Would remove" : "Removed"} member ${id}.\n`);
  for (const topic of deletions) if (!failed.has(topic)) stdout.write(shown`${dryRun ? "Would delete" : "Deleted"} topic ${topic}.\n`);
  if (dryRun) stdout.write("Nothing was changed; leave out --dry-run to do it.\n");
  else if (failures.length === 0)
    stdout.write(shown`State on the disks of instances stays: remove ${applicationId} in their stateDir before they start.\n`);
}

function listed(texts: readonly string[]): string[] {
  return [...new Set(texts.flatMap((text) => text.split(",")).map((topic) => topic.trim()))].filter((topic) => topic !== "");
}
