import type { HeldBack } from "../../../processors/operator.ts";
import type { NodeCounts } from "../../../runtime/task-meter.ts";
import type { InputSnapshot, TaskSnapshot } from "../snapshots.ts";
import { durationText, many, type Reason, timeText, type WhyCode } from "./reason.ts";
import type { WhyFacts } from "./why-facts.ts";

/** What became of the records that tasks have taken. */
export function recordReasons(facts: WhyFacts): Reason[] {
  const tasks = facts.workers.flatMap((worker) => worker.tasks).filter(({ state }) => state === "running");
  return [
    ...tasks.flatMap((task) => task.nodes.flatMap((node) => held(task, node, tasks))),
    ...tasks.flatMap((task) => punctuator(task)),
    ...dropped(tasks),
    ...unmatched(tasks),
    ...forwarded(tasks, facts),
  ];
}

const heldCodes: Readonly<Record<HeldBack["kind"], WhyCode>> = {
  window: "WINDOW_OPEN",
  suppress: "SUPPRESSED",
  join: "JOIN_WAITS",
  grace: "TABLE_WAITS",
};

const heldWhat: Readonly<Record<HeldBack["kind"], string>> = {
  window: "final results of windows that are open",
  suppress: "changes that are held back",
  join: "records without a partner, for which one may still come",
  grace: "records whose table may still change",
};

function held(task: TaskSnapshot, { node, heldBack }: NodeCounts, all: readonly TaskSnapshot[]): Reason[] {
  if (heldBack === undefined) return [];
  const { kind, count, untilStreamTimeMs, streamTimeMs } = heldBack;
  const behindMs = untilStreamTimeMs - streamTimeMs;
  // Its time has come: the next record brings it out.
  if (streamTimeMs >= 0 && behindMs <= 0) return [];
  const what = count === undefined ? heldWhat[kind] : `${many(count, "change")} that ${count === 1 ? "is" : "are"} held back`;
  const clock =
    streamTimeMs < 0
      ? "no record has come to it since the task began"
      : `stream time there is ${timeText(streamTimeMs)}, ${durationText(behindMs)} short`;
  return [
    {
      code: heldCodes[kind],
      taskId: task.taskId,
      node,
      numbers: { untilStreamTimeMs, streamTimeMs, ...(count === undefined ? {} : { count }) },
      text: `${node} in task ${task.taskId} has ${what}: the first go on at stream time ${timeText(untilStreamTimeMs)}; ${clock}. ${silence(task, all)}`,
    },
  ];
}

/** Stream time goes on with records alone. */
function silence(task: TaskSnapshot, all: readonly TaskSnapshot[]): string {
  const isSilent = ({ waitingCount, lag }: InputSnapshot) => waitingCount === 0 && lag === 0;
  const silent = task.inputs.filter(isSilent).map(({ topic, partition }) => `${topic}-${partition}`);
  if (silent.length < task.inputs.length) return "Records that come bring it on.";
  const ahead = Math.max(...all.filter(({ subtopology }) => subtopology === task.subtopology).map(({ streamTimeMs }) => streamTimeMs));
  const others = ahead > task.streamTimeMs ? ` Other partitions are at ${timeText(ahead)} already: each task has its own stream time.` : "";
  return `Only a later record of ${named(silent, "or")} brings it on, and ${silent.length === 1 ? "that partition is" : "these partitions are"} silent.${others}`;
}

function punctuator(task: TaskSnapshot): Reason[] {
  const { taskId, nextStreamTimePunctuationMs: nextMs, streamTimeMs } = task;
  if (nextMs === undefined || nextMs <= streamTimeMs) return [];
  return [
    {
      code: "PUNCTUATOR_WAITS",
      taskId,
      numbers: { nextMs, streamTimeMs },
      text: `A punctuator of task ${taskId} is called at stream time ${timeText(nextMs)}; stream time is ${timeText(streamTimeMs)}, and goes on with records alone.`,
    },
  ];
}

function dropped(tasks: readonly TaskSnapshot[]): Reason[] {
  const counts = sums(tasks, ({ node, dropped: all }) => all.map(([reason, count]) => [`${node}\n${reason}`, count] as const));
  return [...counts].map(([place, count]) => {
    const [node = "", reason = ""] = place.split("\n");
    const isUnreadable = reason === "not readable";
    return {
      code: isUnreadable ? "RECORDS_UNREADABLE" : "RECORDS_DROPPED",
      node,
      numbers: { count },
      text: isUnreadable
        ? `${node} could not read ${many(count, "record")} with its serdes, and onError.deserialize let them pass.`
        : `${node} dropped ${many(count, "record")}: ${reason}${hints[reason] ?? ""}.`,
    };
  });
}

const hints: Readonly<Record<string, string>> = {
  late: " (their window was closed: a longer grace lets them in)",
  "null key": " (what is grouped or joined needs a key)",
  "null key or value": " (what is grouped or joined needs both)",
  "negative timestamp": " (the timestamp extractor gave one below 0)",
};

function unmatched(tasks: readonly TaskSnapshot[]): Reason[] {
  const counts = sums(tasks, ({ node, unmatchedCount }) => (unmatchedCount === 0 ? [] : [[node, unmatchedCount] as const]));
  return [...counts].map(([node, count]) => ({
    code: "RECORDS_UNMATCHED",
    node,
    numbers: { count },
    text: `${node} found no partner for ${many(count, "record")} when they came: equal keys must have equal bytes and partitions, and a partner of a stream must be within the window.`,
  }));
}

/** By topic what comes out; by sub-topology that nothing does. */
function forwarded(tasks: readonly TaskSnapshot[], { outputs }: WhyFacts): Reason[] {
  const written = sums(tasks, ({ node, kind, topics }) =>
    kind === "sink" && outputs.has(node) ? topics.map(({ topic, records }) => [topic, records] as const) : [],
  );
  const reasons: Reason[] = [];
  for (const [subtopology, own] of Map.groupBy(tasks, (task) => task.subtopology)) {
    const count = own.reduce((sum, { processedCount }) => sum + processedCount, 0);
    const sinks = own[0]!.nodes.filter(({ kind }) => kind === "sink").map(({ node }) => node);
    const wrote = sums(own, ({ node, kind, topics }) => (kind === "sink" ? topics.map(({ records }) => [node, records] as const) : []));
    if (count === 0 || sinks.length === 0 || wrote.size > 0) continue;
    reasons.push({
      code: "NOTHING_FORWARDED",
      numbers: { count, subtopology },
      text: `Tasks of sub-topology ${subtopology} processed ${many(count, "record")} here, and none came as far as ${named(sinks, "or")}: the steps before keep or drop them. The test driver's explain() tells it record by record.`,
    });
  }
  for (const [topic, count] of written) {
    reasons.push({
      code: "RECORDS_WRITTEN",
      topic,
      numbers: { count },
      text: `${many(count, "record")} ${count === 1 ? "was" : "were"} written to ${topic} by this instance since its tasks began.`,
    });
  }
  return reasons;
}

function sums(tasks: readonly TaskSnapshot[], of: (node: NodeCounts) => readonly (readonly [string, number])[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [name, count] of tasks.flatMap(({ nodes }) => nodes.flatMap(of))) counts.set(name, (counts.get(name) ?? 0) + count);
  return counts;
}

/** So many are named; of more than those how many there are. */
const NAMED_MAX = 5;

function named(names: readonly string[], word: string): string {
  if (names.length <= NAMED_MAX) return names.join(` ${word} `);
  return `${names.slice(0, NAMED_MAX).join(", ")} ${word} ${names.length - NAMED_MAX} others`;
}
