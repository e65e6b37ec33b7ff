import type { Client, TopicPartition } from "@ottla/client";
import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";
import { resolveSelections } from "../offsets/partition-selection.ts";
import { storyOf } from "./letter-story.ts";
import { readToEnd } from "./read-to-end.ts";
import { replayedUpTo } from "./replay-group.ts";

/** Records of one dead-letter topic that came from one topic and group and failed alike. */
interface Deaths {
  readonly topic: string;
  /** Undefined: records without a story, which somebody else put there. */
  readonly origin: string | undefined;
  readonly group: string | undefined;
  readonly error: string | undefined;
  count: number;
  /** Not replayed yet. */
  waiting: number;
  firstFailedAt: number | undefined;
  lastFailedAt: number | undefined;
}

/** More kinds of failure than this are counted together. */
const KINDS_MAX = 1000;

export const listDeadLetters: RunCommand = (context) =>
  withClient(context, async (client) => {
    const { options, positionals, stdout, env, signal } = context;
    const topics = positionals.length > 0 ? [...new Set(positionals)] : await findDeadLetterTopics(client, signal);
    const all: Deaths[] = [];
    for (const topic of topics) all.push(...(await deathsIn(client, topic, signal)));
    if (options.has("json")) printJson(context, all.map(toJson));
    else if (all.length === 0) stdout.write("There are no dead letters.\n");
    else stdout.write(renderTable(columns, all.map(row), textStyle(stdout, env)));
    return 0 as const;
  });

/** Topics whose partitions end with a record that has a story, and that are no retry topics. */
async function findDeadLetterTopics(client: Client, signal: AbortSignal): Promise<string[]> {
  const admin = client.admin();
  const names = (await admin.listTopics()).map(({ name }) => name);
  const partitions =
    names.length === 0
      ? []
      : await resolveSelections(
          admin,
          names.map((topic) => ({ topic, partitions: undefined })),
        );
  const consumer = client.consumer();
  if (partitions.length === 0) return [];
  consumer.assign(partitions);
  const ends = await consumer.endOffsets(partitions, { signal });
  for (const { topic, partition, offset } of ends) consumer.seek({ topic, partition }, Math.max(0, offset - 1));
  const found = new Set<string>();
  for await (const records of readToEnd(consumer, partitions, signal)) {
    const failure = storyOf(records.at(-1)!);
    if (failure !== undefined && failure.dueAt === undefined) found.add(records[0]!.topic);
  }
  await consumer.close();
  return [...found].sort();
}

async function deathsIn(client: Client, topic: string, signal: AbortSignal): Promise<Deaths[]> {
  const partitions: readonly TopicPartition[] = await resolveSelections(client.admin(), [{ topic, partitions: undefined }]);
  const replayed = await replayedUpTo(client, topic, partitions);
  const replayedOf = new Map(partitions.map(({ partition }, i) => [partition, replayed[i]!]));
  const consumer = client.consumer({ isolationLevel: "read_committed" });
  consumer.assign(partitions);
  consumer.seekToBeginning();
  const kinds = new Map<string, Deaths>();
  for await (const records of readToEnd(consumer, partitions, signal)) {
    for (const record of records) {
      const failure = storyOf(record);
      const key = JSON.stringify([failure?.origin.topic, failure?.groupId, failure?.errorName]);
      let deaths = kinds.get(key) ?? (kinds.size >= KINDS_MAX ? kinds.get("more") : undefined);
      if (deaths === undefined) {
        const isMore = kinds.size >= KINDS_MAX;
        const kind = isMore ? undefined : failure;
        deaths = {
          topic,
          origin: kind?.origin.topic,
          group: kind?.groupId,
          error: kind?.errorName,
          count: 0,
          waiting: 0,
          firstFailedAt: undefined,
          lastFailedAt: undefined,
        };
        kinds.set(isMore ? "more" : key, deaths);
      }
      deaths.count++;
      if (record.offset >= (replayedOf.get(record.partition) ?? 0)) deaths.waiting++;
      if (failure === undefined) continue;
      deaths.firstFailedAt = Math.min(deaths.firstFailedAt ?? Infinity, failure.firstFailedAt);
      deaths.lastFailedAt = Math.max(deaths.lastFailedAt ?? -Infinity, failure.lastFailedAt);
    }
  }
  await consumer.close();
  return [...kinds.values()].sort((a, b) => b.count - a.count);
}

const columns = [
  { title: "dead-letter topic" },
  { title: "from" },
  { title: "group" },
  { title: "error" },
  { title: "records", isNumeric: true },
  { title: "to replay", isNumeric: true },
  { title: "last failed" },
];

function row({ topic, origin, group, error, count, waiting, lastFailedAt }: Deaths) {
  return [topic, origin, group, error, count, waiting, isoTime(lastFailedAt)];
}

function toJson({ firstFailedAt, lastFailedAt, ...rest }: Deaths) {
  return { ...rest, firstFailedAt: isoTime(firstFailedAt), lastFailedAt: isoTime(lastFailedAt) };
}

function isoTime(timestamp: number | undefined): string | undefined {
  return timestamp === undefined || !(timestamp >= 0 && timestamp < 8.64e15) ? undefined : new Date(timestamp).toISOString();
}
