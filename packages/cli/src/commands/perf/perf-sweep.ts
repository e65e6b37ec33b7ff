import { type Client, producerOptionsFromProperties } from "@ottla/client";
import { parseQuantity } from "@ottla/expert/size";
import { clientProperties } from "../../client-properties.ts";
import { type CommandContext, INT32_MAX, type ParsedOptions, type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { grouped, printJson } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";
import { kneeOf, nextRate, type SweepPlan, type SweptRate } from "./find-knee.ts";
import { LocalObserver } from "./local-load.ts";
import { type Bottleneck, type LoadEvidence, nameBottleneck } from "./name-bottleneck.ts";
import { type LoadResult, runLoad } from "./open-loop.ts";
import { withOwnTopic } from "./own-topic.ts";
import { RECORD_BYTES_MAX, randomPayloads } from "./payloads.ts";

const BATCH_BYTES = 65_536;
const RATE_MAX = 10_000_000;
const PARTITIONS_MAX = 10_000;

interface SweepWish {
  readonly plan: SweepPlan;
  readonly payloads: readonly Buffer[];
  readonly stepMs: number;
  readonly maxMs: number;
  readonly networkBytesPerS: number | undefined;
}

/** A step with what was seen of the machines meanwhile. */
interface SweptStep extends SweptRate {
  readonly load: LoadResult;
  readonly evidence: LoadEvidence;
}

export const perfSweep: RunCommand = (context) => {
  const { options, positionals } = context;
  const wish = readWish(options);
  const partitions = options.integer("partitions", 1, PARTITIONS_MAX) ?? 1;
  const run = async (client: Client): Promise<0 | 1> => {
    const [topic] = positionals;
    const measure = (name: string): Promise<0 | 1> => sweep(context, client, name, wish);
    return topic === undefined ? withOwnTopic(context, client, { prefix: "ottla-perf", partitions }, measure) : measure(topic);
  };
  // The topic has to go whatever ends the command.
  return withClient(context, run, "inTime");
};

async function sweep(context: CommandContext, client: Client, topic: string, wish: SweepWish): Promise<0 | 1> {
  const { options, stderr, signal } = context;
  const properties = clientProperties(context, "producer");
  const settings = producerOptionsFromProperties(properties);
  const { nodes } = await client.admin().describeCluster();
  const observer = new LocalObserver(nodes.length === 1 ? `${nodes[0]!.host}:${nodes[0]!.port}` : "");
  const quotaBytesPerS = await quotaOf(client, properties.get("client.id") ?? "ottla-cli");
  const steps: SweptStep[] = [];
  const deadlineMs = performance.now() + wish.maxMs;
  let isCut = false;
  for (let rate = wish.plan.firstPerS as number | undefined; rate !== undefined && !signal.aborted; rate = nextRate(steps, wish.plan)) {
    if (performance.now() + wish.stepMs * 1.5 > deadlineMs) {
      isCut = true;
      break;
    }
    // A producer for each step: what the last one left in buffers is none of this one's.
    const producer = client.producer(settings);
    let local = observer.look();
    const load = await runLoad(
      producer,
      { topic, payloads: wish.payloads, ratePerS: rate, warmUpMs: wish.stepMs / 4, measureMs: wish.stepMs },
      signal,
      // While late answers are waited for, who was busy may be idle.
      () => (local = observer.look()),
    );
    await producer.close({ timeoutMs: 0 }).catch(() => {});
    const evidence = {
      ...local,
      firstError: load.firstError,
      clientCpu: load.clientCpu,
      clientLoop: load.clientLoop,
      bytesPerS: load.bytesPerS,
      networkBytesPerS: wish.networkBytesPerS,
      batchBytes: load.batchBytes,
      batchBytesMax: settings.batchSizeBytes ?? BATCH_BYTES,
      quotaBytesPerS,
    };
    const step = {
      targetPerS: rate,
      ratePerS: load.ratePerS,
      p99Ms: load.latencyMs.p99,
      isBroken: load.failed > 0 || load.isOverloaded || load.unacknowledged > 0,
      load,
      evidence,
    };
    steps.push(step);
    if (!options.has("json")) stderr.write(`ottla: ${stepText(step)}\n`);
  }
  return report(context, steps, wish.plan, isCut);
}

/** The limit of this client, as far as it is one of its client id or of everybody's: a user's own is not looked for. */
async function quotaOf(client: Client, clientId: string): Promise<number | undefined> {
  try {
    const quotas = await client.admin().describeClientQuotas();
    const mine = quotas.filter(
      ({ entity: { user, clientId: id, ip } }) =>
        ip === undefined && (user ?? null) === null && (id === undefined || id === null || id === clientId),
    );
    const limits = mine.flatMap(({ quotas: values }) => values.get("producer_byte_rate") ?? []);
    return limits.length === 0 ? undefined : Math.min(...limits);
  } catch {
    return undefined;
  }
}

function report(context: CommandContext, steps: readonly SweptStep[], plan: SweepPlan, isCut: boolean): 0 | 1 {
  const { options, stdout, stderr, env, signal } = context;
  if (steps.length === 0) {
    stderr.write("ottla: Not one step was made; give it more time (--max-ms).\n");
    return 1;
  }
  const knee = kneeOf(steps, plan);
  // What binds shows at the least rate that is too much; with none, at the greatest.
  const told = steps.find(({ targetPerS }) => targetPerS === (knee.badPerS ?? knee.goodPerS))!;
  const bottleneck = nameBottleneck(told.evidence);
  const isFound = knee.goodPerS !== undefined && knee.badPerS !== undefined;
  if (options.has("json"))
    printJson(context, {
      knee,
      isFound,
      isCut: isCut || signal.aborted,
      bottleneck: knee.badPerS === undefined ? null : bottleneck,
      steps: steps.map(({ load, evidence }) => ({ ...evidence, ...load })),
    });
  else {
    const style = textStyle(stdout, env);
    const rows = steps
      .toSorted((a, b) => a.targetPerS - b.targetPerS)
      .map(({ targetPerS, load, evidence, isBroken }) => [
        grouped(targetPerS),
        grouped(load.ratePerS),
        (load.bytesPerS / 1e6).toFixed(2),
        load.latencyMs.p50.toFixed(1),
        load.latencyMs.p99.toFixed(1),
        load.latencyMs.max.toFixed(1),
        percent(evidence.clientLoop),
        percent(evidence.brokerCpu),
        grouped(load.batchBytes),
        isBroken ? brokenText(load) : "",
      ]);
    const numeric = (title: string) => ({ title, isNumeric: true });
    stdout.write(
      renderTable(
        [
          numeric("asked/s"),
          numeric("got/s"),
          numeric("MB/s"),
          numeric("p50 ms"),
          numeric("p99 ms"),
          numeric("max ms"),
          numeric("client"),
          numeric("broker"),
          numeric("batch B"),
          { title: "" },
        ],
        rows,
        style,
      ),
    );
    stdout.write(conclusion(knee, bottleneck, isCut || signal.aborted));
  }
  const error = steps.find(({ load }) => load.firstError !== undefined)?.load.firstError;
  if (knee.goodPerS === undefined && error !== undefined) stderr.write(`ottla: ${error}\n`);
  return knee.goodPerS === undefined ? 1 : 0;
}

function conclusion(
  { goodPerS, badPerS, p99MaxMs }: ReturnType<typeof kneeOf>,
  { name, evidence, remedy, others }: Bottleneck,
  isCut: boolean,
): string {
  const limit = `p99 of ${p99MaxMs.toFixed(1)} ms`;
  if (goodPerS === undefined) return `Already ${grouped(badPerS!)} records/s are too much: begin lower (--from).\n`;
  if (badPerS === undefined)
    return `${grouped(goodPerS)} records/s are borne within a ${limit}; ${isCut ? "the time was over before the knee was met: give --max-ms." : "that was the most that was asked for: raise --to."}\n`;
  const between = isCut ? " The time was over before it was known more closely." : "";
  const lines = [
    `The knee is between ${grouped(goodPerS)} and ${grouped(badPerS)} records/s, for a ${limit}.${between}`,
    `What stands in the way: ${name}. Seen at ${grouped(badPerS)}/s: ${evidence}.`,
    remedy,
    ...others.map((other) => `- ${other}`),
  ];
  return `${lines.join("\n")}\n`;
}

function stepText({ targetPerS, load }: SweptStep): string {
  return `${grouped(targetPerS)} records/s asked for: ${grouped(load.ratePerS)}/s, p99 ${load.latencyMs.p99.toFixed(1)} ms`;
}

function brokenText({ failed, isOverloaded, unacknowledged }: LoadResult): string {
  if (failed > 0) return `${grouped(failed)} failed`;
  return isOverloaded ? "more than the client's buffer takes" : `${grouped(unacknowledged)} without an answer`;
}

function percent(share: number | undefined): string {
  return share === undefined ? "-" : `${Math.round(share * 100)} %`;
}

function readWish(options: ParsedOptions): SweepWish {
  const firstPerS = options.integer("from", 1, RATE_MAX) ?? 1000;
  const lastPerS = options.integer("to", 1, RATE_MAX) ?? RATE_MAX;
  if (lastPerS < firstPerS) throw new UsageError(`--to is ${lastPerS}, below --from, ${firstPerS}.`);
  const network = options.text("network");
  const p99MaxMs = options.number("p99-ms");
  if (p99MaxMs !== undefined && p99MaxMs <= 0) throw new UsageError(`--p99-ms is ${p99MaxMs}; it must be above 0.`);
  return {
    plan: { firstPerS, lastPerS, p99MaxMs },
    payloads: randomPayloads(options.integer("record-size", 1, RECORD_BYTES_MAX) ?? 1024),
    stepMs: options.integer("step-ms", 100, INT32_MAX) ?? 2000,
    maxMs: options.integer("max-ms", 100, INT32_MAX) ?? 60_000,
    networkBytesPerS: network === undefined ? undefined : quantity(network),
  };
}

function quantity(text: string): number {
  try {
    return parseQuantity(text, "bytesPerS");
  } catch (error) {
    throw new UsageError(`--network: ${(error as Error).message}`);
  }
}
