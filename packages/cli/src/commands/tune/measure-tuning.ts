import { OttlaError, parseJavaProperties } from "@ottla/base";
import { type Client, consumerOptionsFromProperties, producerOptionsFromProperties } from "@ottla/client";
import { type Comparison, compareRuns, type Tuned } from "@ottla/expert/tune";
import { type CommandContext, INT32_MAX } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { grouped } from "../../output.ts";
import { type FetchResult, runFetch } from "../perf/fetch-load.ts";
import { type LoadResult, runLoad } from "../perf/open-loop.ts";
import { withOwnTopic } from "../perf/own-topic.ts";
import { RECORD_BYTES_MAX, randomPayloads } from "../perf/payloads.ts";

const RUNS_MAX = 50;
const PARTITIONS_MAX = 10_000;
const LATENCY_RATE = 1000;
/** Where a file says nothing a client has Kafka's defaults, not those of ours, which differ in some of these. */
const KAFKA_DEFAULTS = {
  producer: { "linger.ms": "5", "batch.size": "16384" },
  consumer: {
    "fetch.min.bytes": "1",
    "fetch.max.wait.ms": "500",
    "fetch.max.bytes": "52428800",
    "max.partition.fetch.bytes": "1048576",
    "max.poll.records": "500",
  },
} as const;
/** What of a consumer shows when records are read; the others decide where it begins and what it commits. */
const FETCH_SETTING = /^(fetch\.|max\.partition\.fetch\.bytes$|max\.poll\.records$|receive\.buffer\.bytes$|isolation\.level$|check\.crcs$)/;

type Role = keyof typeof KAFKA_DEFAULTS;
type Run = Pick<LoadResult & FetchResult, "ratePerS" | "latencyMs">;
/** One client before and after. */
type Sides = Readonly<Record<"before" | "after", ReadonlyMap<string, string>>>;

/** What changed for one client. */
interface MeasuredRole {
  readonly recordsPerS: Comparison;
  /** Absent where old records were read, which wait for nobody. */
  readonly p50Ms?: Comparison;
  readonly p99Ms?: Comparison;
}

/** Both sides of a change, over several runs each. */
export interface Measured {
  readonly runs: number;
  readonly runMs: number;
  /** Undefined: as fast as they go. */
  readonly ratePerS: number | undefined;
  readonly producer?: MeasuredRole;
  readonly consumer?: MeasuredRole;
  /** Settings that a measurement of this kind does not show. */
  readonly notShown: readonly string[];
}

/** Runs producer and consumer as they are and as they would be, by turns, on a topic that is removed afterwards. Errors: `NOTHING_TO_MEASURE`, those of the cluster. */
export async function measureTuning(context: CommandContext, { changes, preset }: Tuned, text: string | undefined): Promise<Measured> {
  const { options, signal, stderr } = context;
  const tried = changes.filter(
    ({ role, key }) => (role === "producer" && key !== "transactional.id") || (role === "consumer" && FETCH_SETTING.test(key)),
  );
  const roles = (["producer", "consumer"] as const).filter((role) => tried.some((change) => change.role === role));
  if (roles.length === 0)
    throw new OttlaError(
      "NOTHING_TO_MEASURE",
      `The preset ${preset} changes no setting of a producer or consumer here that can be measured; leave out --measure.`,
    );
  const runs = options.integer("runs", 2, RUNS_MAX) ?? 5;
  const runMs = options.integer("run-ms", 100, INT32_MAX) ?? 2000;
  const ratePerS = options.integer("throughput", 1) ?? (preset === "latency" ? LATENCY_RATE : Infinity);
  const payloads = randomPayloads(options.integer("record-size", 1, RECORD_BYTES_MAX) ?? 1024);
  const partitions = options.integer("partitions", 1, PARTITIONS_MAX) ?? 3;
  const results: Record<Role, Record<keyof Sides, Run[]>> = { producer: { before: [], after: [] }, consumer: { before: [], after: [] } };
  const measure = async (client: Client, topic: string): Promise<void> => {
    const load: Load = { topic, partitions, payloads, ratePerS };
    const once = { producer: produceOnce, consumer: consumeOnce };
    for (const role of roles) {
      const sides = sidesOf(
        role,
        changes.filter((change) => change.role === role && tried.includes(change)),
        text,
      );
      // There has to be something to read, as fast as it goes.
      if (role === "consumer" && ratePerS === Infinity) await produceOnce(client, load, new Map(), runMs, signal);
      // The first one of a process meets code that was not run before.
      await once[role](client, load, sides.before, Math.min(runMs, 1000), signal);
      await once[role](client, load, sides.after, Math.min(runMs, 1000), signal);
      for (let i = 0; i < runs && !signal.aborted; i++) {
        // Who comes first changes, so that what grows worse with time hits both.
        for (const side of i % 2 === 0 ? (["before", "after"] as const) : (["after", "before"] as const))
          results[role][side].push(await once[role](client, load, sides[side], runMs, signal));
        stderr.write(`ottla: ${role}, run ${i + 1} of ${runs} …\n`);
      }
    }
  };
  await withClient(
    context,
    (client) => withOwnTopic(context, client, { prefix: "ottla-tune", partitions }, (topic) => measure(client, topic)),
    "inTime",
  );
  signal.throwIfAborted();
  const measuredRole = (role: Role): MeasuredRole => {
    const compare = (figure: (result: Run) => number, isMoreBetter: boolean): Comparison =>
      compareRuns(results[role].before.map(figure), results[role].after.map(figure), isMoreBetter);
    const recordsPerS = compare((result) => result.ratePerS, true);
    if (role === "consumer" && ratePerS === Infinity) return { recordsPerS };
    return {
      recordsPerS,
      p50Ms: compare(({ latencyMs }) => latencyMs.p50, false),
      p99Ms: compare(({ latencyMs }) => latencyMs.p99, false),
    };
  };
  return {
    runs,
    runMs,
    ratePerS: ratePerS === Infinity ? undefined : ratePerS,
    ...(roles.includes("producer") && { producer: measuredRole("producer") }),
    ...(roles.includes("consumer") && { consumer: measuredRole("consumer") }),
    notShown: changes.filter((change) => !tried.includes(change)).map(({ key }) => key),
  };
}

/** The settings of one client, as they are and as they would be. */
function sidesOf(role: Role, changes: Tuned["changes"], text: string | undefined): Sides {
  const given = new Map([...Object.entries<string>(KAFKA_DEFAULTS[role]), ...(text === undefined ? [] : parseJavaProperties(text))]);
  // Who writes here is no part of any transaction or group, and the login is that of the command.
  for (const name of given.keys())
    if (/^(transactional\.id|group\..*)$|^(sasl|ssl|security|bootstrap)\./.test(name) || given.get(name)!.includes("${"))
      given.delete(name);
  return { before: given, after: new Map([...given, ...changes.map(({ key, to }) => [key, to] as const)]) };
}

/** What both clients do it with. */
interface Load {
  readonly topic: string;
  readonly partitions: number;
  readonly payloads: readonly Buffer[];
  readonly ratePerS: number;
}

async function produceOnce(
  client: Client,
  load: Load,
  settings: ReadonlyMap<string, string>,
  measureMs: number,
  signal: AbortSignal,
): Promise<Run> {
  const producer = client.producer(producerOptionsFromProperties(settings));
  const result = await runLoad(producer, { ...load, warmUpMs: measureMs / 4, measureMs }, signal);
  await producer.close(atOnceIf(signal));
  if (result.firstError === undefined) return result;
  throw new OttlaError("MEASUREMENT_FAILED", `A record failed while it was measured: ${result.firstError}`);
}

/** What is there as fast as it comes; with a rate, what is written meanwhile. */
async function consumeOnce(
  client: Client,
  load: Load,
  settings: ReadonlyMap<string, string>,
  measureMs: number,
  signal: AbortSignal,
): Promise<Run> {
  const { topic, partitions, ratePerS } = load;
  const consumer = client.consumer({
    ...consumerOptionsFromProperties(settings),
    groupId: undefined,
    enableAutoCommit: false,
    allowAutoCreateTopics: false,
  });
  const step = { topic, partitions, warmUpMs: measureMs / 4, measureMs };
  try {
    if (ratePerS === Infinity) return await runFetch(consumer, { ...step, what: "again" }, signal);
    return await beside(client, load, signal, () => runFetch(consumer, { ...step, what: "new" }, signal));
  } finally {
    await consumer.close(atOnceIf(signal));
  }
}

/** After a signal nobody waits for what is still in the buffers: the topic has to go in time. */
function atOnceIf({ aborted }: AbortSignal): { readonly timeoutMs?: number } {
  return aborted ? { timeoutMs: 0 } : {};
}

/** Does something while records are written at a rate. */
async function beside<Result>(client: Client, load: Load, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  const end = new AbortController();
  const producer = client.producer({ lingerMs: 0 });
  const writing = runLoad(producer, { ...load, warmUpMs: 0, measureMs: Infinity }, AbortSignal.any([signal, end.signal]));
  try {
    return await work();
  } finally {
    end.abort();
    await writing;
    await producer.close(atOnceIf(signal));
  }
}

/** What changed, in words; with a fixed rate the rate says nothing. */
export function measuredText({ runs, runMs, ratePerS, producer, consumer, notShown }: Measured): string {
  const at = ratePerS === undefined ? "as fast as they go" : `at ${grouped(ratePerS)} records/s`;
  const roleLines = (name: string, measured: MeasuredRole | undefined): readonly string[] =>
    measured === undefined
      ? []
      : [
          ...(ratePerS === undefined ? [lineOf(`${name} records/s`, measured.recordsPerS, 0)] : []),
          ...(measured.p50Ms ? [lineOf(`${name} p50 ms`, measured.p50Ms, 2)] : []),
          ...(measured.p99Ms ? [lineOf(`${name} p99 ms`, measured.p99Ms, 2)] : []),
        ];
  const lines = [
    `Measured ${runs} times ${runMs / 1000} s each, by turns, ${at} (median; least to most):`,
    ...roleLines("producer", producer),
    ...roleLines("consumer", consumer),
    ...(ratePerS === undefined && producer
      ? ["As fast as they go, records wait for those before them: a producer's latencies there say how full its buffer is."]
      : []),
    ...(ratePerS === undefined && consumer ? ["The consumer read the same records again and again, from the memory of the brokers."] : []),
    ...(ratePerS !== undefined && consumer
      ? ["A consumer's latency is from a record's timestamp until it is in hand, to the millisecond."]
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
