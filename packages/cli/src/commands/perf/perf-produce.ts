import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { type DeliveryCallback, type Producer, type ProducerOptions, producerOptionsFromProperties } from "@ottla/client";
import { clientProperties } from "../../client-properties.ts";
import { type CommandContext, INT32_MAX, type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { grouped, printJson, shown } from "../../output.ts";
import { endsInTime } from "../../signal-grace.ts";
import { describeLatency, LatencyHistogram, summarize } from "./latency-histogram.ts";
import { RECORD_BYTES_MAX, randomPayloads, readPayloads } from "./payloads.ts";
import { describeRate, rateFigures } from "./rate-report.ts";

/** After so many bytes the network gets its turn, however much room there is. */
const YIELD_BYTES = 262_144;

interface Load {
  readonly topic: string;
  readonly count: number;
  readonly payloads: readonly Buffer[];
  /** Records per second; Infinity is no limit. */
  readonly throughput: number;
}

/** Latencies and counts of the whole run and of the interval that is going on. */
class Meter {
  readonly latencies = new LatencyHistogram();
  readonly intervalLatencies = new LatencyHistogram();
  bytes = 0;
  intervalBytes = 0;
  failed = 0;
  firstError: Error | undefined;

  acknowledged(latencyMs: number, bytes: number): void {
    this.latencies.add(latencyMs);
    this.intervalLatencies.add(latencyMs);
    this.bytes += bytes;
    this.intervalBytes += bytes;
  }

  startInterval(): void {
    this.intervalLatencies.clear();
    this.intervalBytes = 0;
  }
}

export const perfProduce: RunCommand = async (context) => {
  const load = readLoad(context);
  const settings = producerSettings(context);
  return withClient(
    context,
    async (client) => {
      const meter = new Meter();
      const producer = client.producer(settings);
      const stopReports = reportIntervals(context, meter);
      const startedMs = performance.now();
      try {
        await endsInTime(
          sendLoad(producer, load, meter, context.signal).then(() => producer.flush()),
          context.signal,
        );
      } finally {
        stopReports();
      }
      return report(context, meter, performance.now() - startedMs);
    },
    "inTime",
  );
};

async function sendLoad(
  producer: Producer,
  { topic, count, payloads, throughput }: Load,
  meter: Meter,
  signal: AbortSignal,
): Promise<void> {
  // One object for all records: the producer copies what is in it before `enqueue` returns or its promise resolves.
  const record = { topic, value: payloads[0]! };
  let callback: DeliveryCallback | undefined;
  let callbackMs = -1;
  let callbackBytes = -1;
  let unyielded = 0;
  const startedMs = performance.now();
  for (let sent = 0; sent < count && !signal.aborted && meter.firstError === undefined; sent++) {
    record.value = payloads[sent % payloads.length]!;
    const bytes = record.value.length;
    const now = performance.now();
    // Records of the same twentieth of a millisecond share their callback: no garbage per record.
    if (callback === undefined || now - callbackMs > 0.05 || bytes !== callbackBytes) {
      callback = deliveryAt(now, bytes, meter);
      callbackMs = now;
      callbackBytes = bytes;
    }
    const room = producer.enqueue(record, callback);
    if (room) await room;
    unyielded += bytes;
    if (unyielded >= YIELD_BYTES) {
      unyielded = 0;
      await setImmediate();
    }
    const aheadMs = ((sent + 1) / throughput) * 1000 - (performance.now() - startedMs);
    if (aheadMs >= 1) await sleep(aheadMs, undefined, { signal }).catch(() => {});
  }
}

function deliveryAt(sentMs: number, bytes: number, meter: Meter): DeliveryCallback {
  return (error) => {
    if (error) {
      meter.failed++;
      meter.firstError ??= error;
    } else meter.acknowledged(performance.now() - sentMs, bytes);
  };
}

function reportIntervals({ options, stdout }: CommandContext, meter: Meter): () => void {
  const intervalMs = options.integer("interval-ms", 100, INT32_MAX) ?? 5000;
  if (options.has("json")) return () => {};
  let startedMs = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const rate = describeRate(meter.intervalLatencies.count, meter.intervalBytes, now - startedMs);
    stdout.write(`${rate}, ${describeLatency(summarize(meter.intervalLatencies))}\n`);
    meter.startInterval();
    startedMs = now;
  }, intervalMs);
  return () => clearInterval(timer);
}

function report(context: CommandContext, meter: Meter, elapsedMs: number): 0 | 1 {
  const { options, stdout, stderr } = context;
  const latency = summarize(meter.latencies);
  const { count } = meter.latencies;
  if (options.has("json")) printJson(context, { ...rateFigures(count, meter.bytes, elapsedMs), latencyMs: latency, failed: meter.failed });
  else stdout.write(`Total: ${describeRate(count, meter.bytes, elapsedMs)}\nLatency: ${describeLatency(latency)}\n`);
  if (meter.firstError === undefined) return 0;
  stderr.write(shown`ottla: ${grouped(meter.failed)} records failed; the first: ${meter.firstError.message}\n`);
  return 1;
}

function readLoad({ options, positionals }: CommandContext): Load {
  const file = options.text("payload-file");
  if (file !== undefined && options.has("record-size"))
    throw new UsageError("--payload-file and --record-size both say what to send; give one of them.");
  const throughput = options.number("throughput") ?? -1;
  if (throughput === 0) throw new UsageError("--throughput is 0; give records per second, or -1 for no limit.");
  return {
    topic: positionals[0]!,
    count: options.integer("num-records", 1) ?? 100_000,
    payloads:
      file === undefined
        ? randomPayloads(options.integer("record-size", 0, RECORD_BYTES_MAX) ?? 1024)
        : readPayloads(file, options.text("payload-delimiter") ?? "\\n"),
    throughput: throughput < 0 ? Infinity : throughput,
  };
}

function producerSettings(context: CommandContext): ProducerOptions {
  const properties = clientProperties(context, "producer");
  const { options } = context;
  const acks = options.text("acks");
  const compression = options.text("compression");
  if (acks !== undefined) properties.set("acks", acks);
  if (compression !== undefined) properties.set("compression.type", compression);
  return producerOptionsFromProperties(properties);
}
