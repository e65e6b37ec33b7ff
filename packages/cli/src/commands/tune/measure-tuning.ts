import { OttlaError, parseJavaProperties } from "@ottla/base";
import { type Client, producerOptionsFromProperties } from "@ottla/client";
import { type Comparison, compareRuns, type Tuned } from "@ottla/expert/tune";
import { type CommandContext, INT32_MAX } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { grouped } from "../../output.ts";
import { type LoadResult, runLoad } from "../perf/open-loop.ts";
import { withOwnTopic } from "../perf/own-topic.ts";
import { RECORD_BYTES_MAX, randomPayloads } from "../perf/payloads.ts";

const RUNS_MAX = 50;
const PARTITIONS_MAX = 10_000;
const LATENCY_RATE = 1000;
/** Where a file says nothing a producer has Kafka's defaults, not those of our client, which differ in these. */
const KAFKA_DEFAULTS: readonly (readonly [string, string])[] = [
  ["linger.ms", "5"],
  ["batch.size", "16384"],
];

/** Both sides of a change, over several runs each. */
export interface Measured {
  readonly runs: number;
  readonly runMs: number;
  /** Undefined: as fast as they go. */
  readonly ratePerS: number | undefined;
  readonly recordsPerS: Comparison;
  readonly p50Ms: Comparison;
  readonly p99Ms: Comparison;
  /** Settings that a measurement of this kind does not show. */
  readonly notShown: readonly string[];
}

/** Runs a producer as it is and as it would be, by turns, on a topic that is removed afterwards. Errors: `NOTHING_TO_MEASURE`, those of the cluster. */
export async function measureTuning(context: CommandContext, { changes, preset }: Tuned, text: string | undefined): Promise<Measured> {
  const { options, signal, stderr } = context;
  const tried = changes.filter(({ role, key }) => role === "producer" && key !== "transactional.id");
  if (tried.length === 0)
    throw new OttlaError(
      "NOTHING_TO_MEASURE",
      `The preset ${preset} changes no setting of a producer here that can be measured; leave out --measure.`,
    );
  const runs = options.integer("runs", 2, RUNS_MAX) ?? 5;
  const runMs = options.integer("run-ms", 100, INT32_MAX) ?? 2000;
  const asked = options.integer("throughput", 1);
  const ratePerS = asked ?? (preset === "latency" ? LATENCY_RATE : Infinity);
  const payloads = randomPayloads(options.integer("record-size", 1, RECORD_BYTES_MAX) ?? 1024);
  const given = new Map([...KAFKA_DEFAULTS, ...(text === undefined ? [] : parseJavaProperties(text))]);
  // Who writes here is no part of any transaction, and the login is that of the command.
  for (const name of given.keys())
    if (name === "transactional.id" || /^(sasl|ssl|security|bootstrap)\./.test(name) || given.get(name)!.includes("${")) given.delete(name);
  const sides = { before: given, after: new Map([...given, ...tried.map(({ key, to }) => [key, to] as const)]) };
  const results: Record<keyof typeof sides, LoadResult[]> = { before: [], after: [] };
  const measure = async (client: Client, topic: string): Promise<void> => {
    const runOnce = async (side: keyof typeof sides, measureMs: number): Promise<LoadResult> => {
      const producer = client.producer(producerOptionsFromProperties(sides[side]));
      const result = await runLoad(producer, { topic, payloads, ratePerS, warmUpMs: measureMs / 4, measureMs }, signal);
      await producer.close();
      if (result.firstError !== undefined)
        throw new OttlaError("MEASUREMENT_FAILED", `A record failed while it was measured: ${result.firstError}`);
      return result;
    };
    // The first one of a process meets code that was not run before.
    await runOnce("before", Math.min(runMs, 1000));
    await runOnce("after", Math.min(runMs, 1000));
    for (let i = 0; i < runs && !signal.aborted; i++) {
      // Who comes first changes, so that what grows worse with time hits both.
      for (const side of i % 2 === 0 ? (["before", "after"] as const) : (["after", "before"] as const))
        results[side].push(await runOnce(side, runMs));
      stderr.write(`ottla: run ${i + 1} of ${runs} …\n`);
    }
  };
  const partitions = options.integer("partitions", 1, PARTITIONS_MAX) ?? 3;
  await withClient(
    context,
    (client) => withOwnTopic(client, { prefix: "ottla-tune", partitions }, (topic) => measure(client, topic)),
    "inTime",
  );
  signal.throwIfAborted();
  const compare = (figure: (result: LoadResult) => number, isMoreBetter: boolean): Comparison =>
    compareRuns(results.before.map(figure), results.after.map(figure), isMoreBetter);
  return {
    runs,
    runMs,
    ratePerS: ratePerS === Infinity ? undefined : ratePerS,
    recordsPerS: compare((result) => result.ratePerS, true),
    p50Ms: compare((result) => result.latencyMs.p50, false),
    p99Ms: compare((result) => result.latencyMs.p99, false),
    notShown: changes.filter((change) => !tried.includes(change)).map(({ key }) => key),
  };
}

/** What changed, in words; with a fixed rate the rate says nothing. */
export function measuredText({ runs, runMs, ratePerS, recordsPerS, p50Ms, p99Ms, notShown }: Measured): string {
  const at = ratePerS === undefined ? "as fast as they go" : `at ${grouped(ratePerS)} records/s`;
  const lines = [
    `Measured ${runs} times ${runMs / 1000} s each, by turns, ${at} (median; least to most):`,
    ...(ratePerS === undefined ? [lineOf("records/s", recordsPerS, 0)] : []),
    lineOf("p50 ms", p50Ms, 2),
    lineOf("p99 ms", p99Ms, 2),
    ...(ratePerS === undefined
      ? ["As fast as they go, records wait for those before them: latencies there say how full the buffers are."]
      : []),
    ...(notShown.length > 0 ? [`Not shown by this: ${notShown.join(", ")}.`] : []),
  ];
  return `${lines.join("\n")}\n`;
}

function lineOf(what: string, { before, after, ratio, verdict }: Comparison, digits: number): string {
  const side = ({ median, min, max }: Comparison["before"]): string =>
    `${grouped(median, digits)} (${grouped(min, digits)} to ${grouped(max, digits)})`;
  const word = verdict === "unchanged" ? "no change beyond the noise" : `${verdict}, × ${ratio.toFixed(2)}`;
  return `  ${what}: ${side(before)} → ${side(after)}: ${word}`;
}
