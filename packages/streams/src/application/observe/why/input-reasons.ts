import type { InputFacts } from "../cluster-facts.ts";
import { durationText, many, type Reason } from "./reason.ts";
import type { WhyFacts } from "./why-facts.ts";

const NAMED_MAX = 8;

/** What the input's topics say. */
export function inputReasons(facts: WhyFacts): Reason[] {
  const { cluster, isExactlyOnce } = facts;
  if ("error" in cluster) return [];
  return [...Map.groupBy(cluster.inputs, ({ topic }) => topic)].flatMap(([topic, inputs]) => [
    ...emptyOrRead(topic, inputs, facts),
    ...(isExactlyOnce ? inputs.flatMap((input) => inTransaction(input)) : []),
  ]);
}

function emptyOrRead(topic: string, inputs: readonly InputFacts[], facts: WhyFacts): Reason[] {
  const { applicationId, workers, nowMs } = facts;
  if (inputs.every(({ startOffset, endOffset }) => startOffset === endOffset)) {
    const were = Math.max(...inputs.map(({ endOffset }) => endOffset));
    return [
      {
        code: "INPUT_EMPTY",
        topic,
        numbers: { partitions: inputs.length },
        text: `Topic ${topic} has no records${were > 0 ? ": those it had are deleted by now" : ""}.`,
      },
    ];
  }
  const tasks = workers.flatMap((worker) => worker.tasks);
  const readOf = ({ topic: name, partition, committedOffset, startOffset }: InputFacts) =>
    tasks.flatMap((task) => task.inputs).find((each) => each.topic === name && each.partition === partition)?.committedOffset ??
    committedOffset ??
    startOffset;
  const behind = inputs.map((input) => ({ ...input, lag: Math.max(0, input.stableOffset - readOf(input)) })).filter(({ lag }) => lag > 0);
  if (behind.length > 0) {
    const lag = behind.reduce((sum, each) => sum + each.lag, 0);
    const places = behind.slice(0, NAMED_MAX).map(({ partition, lag: each }) => `${topic}-${partition}: ${each.toLocaleString("en-US")}`);
    const perSecond = tasks
      .filter(({ inputs: own }) => own.some((each) => each.topic === topic))
      .reduce((sum, { processedPerSecond }) => sum + processedPerSecond, 0);
    return [
      {
        code: "INPUT_BEHIND",
        topic,
        numbers: { lag, perSecond },
        text: `${many(lag, "record")} of ${topic} ${lag === 1 ? "is" : "are"} not committed as processed yet (${places.join(", ")}${behind.length > NAMED_MAX ? ", …" : ""})${tasks.length === 0 ? "" : `; this instance processes ${many(Math.round(perSecond), "record")} a second`}.`,
      },
    ];
  }
  const lastMs = Math.max(
    -1,
    ...tasks.filter(({ inputs: own }) => own.some((each) => each.topic === topic)).map(({ lastProcessedAtMs }) => lastProcessedAtMs),
  );
  const ago = lastMs < 0 ? "" : `; the last one was processed here ${durationText(nowMs - lastMs)} ago`;
  return [
    {
      code: "INPUT_AT_END",
      topic,
      ...(lastMs < 0 ? {} : { numbers: { lastProcessedAtMs: lastMs } }),
      text: `Group ${applicationId} has processed all of ${topic}: what it has committed is the end of each partition, and nothing new has come${ago}.`,
    },
  ];
}

function inTransaction({ topic, partition, stableOffset, endOffset }: InputFacts): Reason[] {
  if (stableOffset >= endOffset) return [];
  return [
    {
      code: "INPUT_IN_TRANSACTION",
      topic,
      partition,
      numbers: { stableOffset, endOffset },
      text: `${topic}-${partition} ends at ${endOffset}, and a transaction of whoever writes it is open since offset ${stableOffset}: who reads committed records only, as exactly once does, gets nothing behind that before it is decided. "ottla transactions find-hanging" says whose it is.`,
    },
  ];
}
