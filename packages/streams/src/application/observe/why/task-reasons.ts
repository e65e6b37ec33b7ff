import type { TaskSnapshot, WorkerSnapshot } from "../snapshots.ts";
import { durationText, many, type Reason } from "./reason.ts";
import type { WhyFacts } from "./why-facts.ts";

/** What keeps tasks from processing, or what they have processed from being seen. */
export function taskReasons(facts: WhyFacts): Reason[] {
  return facts.workers.flatMap((worker) => [
    ...worker.tasks.flatMap((task) => [...restoring(task, facts), ...waiting(task, facts), ...calling(task)]),
    ...output(worker, facts),
  ]);
}

function restoring({ taskId, state, changelogs }: TaskSnapshot, { restores }: WhyFacts): Reason[] {
  if (state !== "restoring") return [];
  const own = restores.filter((each) => each.taskId === taskId);
  if (own.length === 0) {
    const topics = changelogs.map(({ topic, partition }) => `${topic}-${partition}`).join(", ");
    return [{ code: "RESTORING", taskId, text: `Task ${taskId} begins to fill its stores from ${topics}.` }];
  }
  return own.map(({ store, topic, partition, position, end, restoredCount }) => {
    const percent = end === 0 ? 100 : Math.floor((position / end) * 100);
    return {
      code: "RESTORING",
      taskId,
      topic,
      partition,
      numbers: { percent, position, end, restoredCount },
      text: `Task ${taskId} fills store ${store} from ${topic}-${partition}: ${percent} %, at offset ${position} of ${end}. It processes nothing before that is done.`,
    };
  });
}

/** The partition choice of a task with several inputs. */
function waiting({ taskId, state, inputs }: TaskSnapshot, { maxTaskIdleMs }: WhyFacts): Reason[] {
  if (state !== "running" || maxTaskIdleMs < 0) return [];
  const inHand = inputs.reduce((sum, { waitingCount }) => sum + waitingCount, 0);
  if (inHand === 0) return [];
  return inputs
    .filter(({ waitingCount, lag }) => waitingCount === 0 && (lag !== 0 || maxTaskIdleMs > 0))
    .map(({ topic, partition, lag, idleMs = 0 }) => {
      const head = `Task ${taskId} has ${many(inHand, "record")} in hand and waits for one of ${topic}-${partition}, which could be older: `;
      const why =
        lag === undefined
          ? "it is not known yet whether the broker has one."
          : lag > 0
            ? `the broker has ${many(lag, "record")} of it that ${lag === 1 ? "is" : "are"} on ${lag === 1 ? "its" : "their"} way.`
            : `maxTaskIdleMs is ${maxTaskIdleMs}, of which ${durationText(idleMs)} are over.`;
      return {
        code: "WAITS_FOR_PARTITION",
        taskId,
        topic,
        partition,
        numbers: { maxTaskIdleMs, idleMs, inHand, ...(lag === undefined ? {} : { lag }) },
        text: head + why,
      };
    });
}

function calling({ taskId, openCallCount, hasRoomForCalls }: TaskSnapshot): Reason[] {
  if (openCallCount === 0) return [];
  const full = hasRoomForCalls ? "" : " It takes no further records before one ends.";
  return [
    {
      code: "CALLS_OPEN",
      taskId,
      numbers: { openCallCount },
      text: `Task ${taskId} waits for the end of ${many(openCallCount, "call")} outside (mapAsync, enrichAsync).${full}`,
    },
  ];
}

function output(worker: WorkerSnapshot, { nowMs, isExactlyOnce, commitIntervalMs }: WhyFacts): Reason[] {
  const { name, isOutputFull, transactionSinceMs, cacheBytes, committedAtMs = worker.startedAtMs, tasks } = worker;
  const reasons: Reason[] = [];
  if (isOutputFull) {
    reasons.push({
      code: "OUTPUT_FULL",
      text: `The producer of ${name} has no room: what was written waits for the brokers to take it, and nothing is processed meanwhile.`,
    });
  }
  const lastMs = Math.max(-1, ...tasks.map(({ lastProcessedAtMs }) => lastProcessedAtMs));
  if (isExactlyOnce && transactionSinceMs !== undefined) {
    const ms = nowMs - transactionSinceMs;
    reasons.push({
      code: "OUTPUT_IN_TRANSACTION",
      numbers: { ms, commitIntervalMs },
      text: `What ${name} has written since ${durationText(ms)} stands in an open transaction: who reads with read_committed sees it when it is committed, every ${durationText(commitIntervalMs)} (commitIntervalMs).`,
    });
  }
  if (cacheBytes > 0 && lastMs > committedAtMs) {
    reasons.push({
      code: "CACHED",
      numbers: { cacheBytes, commitIntervalMs, sinceCommitMs: nowMs - committedAtMs },
      text: `Caches of ${name} hold ${many(cacheBytes, "byte")}: changes of tables go on with the next commit, which comes every ${durationText(commitIntervalMs)} (commitIntervalMs; the last one was ${durationText(nowMs - committedAtMs)} ago), or at once with cacheMaxBytes: 0.`,
    });
  }
  return reasons;
}
