import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import type { DeliveryCallback, Producer } from "@ottla/client";
import { LatencyHistogram, type LatencySummary, summarize } from "./latency-histogram.ts";

/** After so many bytes the network gets its turn. */
const YIELD_BYTES = 262_144;
/** When the next record is to be sent is this far behind, the load is more than there is room for: the step ends. */
const BEHIND_MAX_MS = 2000;
/** An answer that is later than usual by this is noise, and no backlog. */
const LATE_ALLOWED_MS = 20;
/** How long acknowledgements may still come behind a step. */
const DRAIN_MAX_MS = 10_000;

/** A load of one rate. */
export interface LoadStep {
  readonly topic: string;
  readonly payloads: readonly Buffer[];
  /** Records a second; Infinity is as fast as they go. */
  readonly ratePerS: number;
  /** At the beginning, not counted. */
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** What a load came to. */
export interface LoadResult {
  readonly targetPerS: number;
  readonly records: number;
  readonly ratePerS: number;
  readonly bytesPerS: number;
  readonly latencyMs: LatencySummary;
  readonly failed: number;
  readonly firstError: string | undefined;
  /** Handed over, and not acknowledged within the time after the step. */
  readonly unacknowledged: number;
  /** The sender could not hand records over in time: the load was more than the client's buffer takes. */
  readonly isOverloaded: boolean;
  /** Processor time of this process, 1 is one core. */
  readonly clientCpu: number;
  /** Share of the time in which its event loop was busy. */
  readonly clientLoop: number;
  readonly batchBytes: number;
  readonly retriedBatches: number;
}

/** Counts what comes back. */
class LoadMeter {
  readonly latencies = new LatencyHistogram();
  readonly #countedFromMs: number;
  failed = 0;
  firstError: string | undefined;
  acknowledged = 0;
  bytes = 0;
  handedOver = 0;
  lastAckMs = 0;

  constructor(countedFromMs: number) {
    this.#countedFromMs = countedFromMs;
  }

  /** For records that are due at a time and have a size; those of the warm-up are not counted. */
  deliveryDue(dueMs: number, size: number): DeliveryCallback {
    const isCounted = dueMs >= this.#countedFromMs;
    return (error) => {
      if (error) {
        this.failed++;
        this.firstError ??= error.message;
        return;
      }
      this.acknowledged++;
      if (!isCounted) return;
      this.lastAckMs = performance.now();
      this.latencies.add(this.lastAckMs - dueMs);
      this.bytes += size;
    };
  }
}

/**
 * Sends at a rate that does not wait for answers: each record has a time at which it is due, and its latency counts from then on, also where it could not be sent in time. So a slow answer is
 * counted for all records that had to wait for it (no coordinated omission).
 * @param onSent is called when the last record was handed over, before late answers are waited for
 */
export async function runLoad(producer: Producer, step: LoadStep, signal: AbortSignal, onSent?: () => void): Promise<LoadResult> {
  const { ratePerS, warmUpMs, measureMs } = step;
  const startedMs = performance.now();
  const meter = new LoadMeter(startedMs + warmUpMs);
  const before = producer.stats();
  const cpu = process.cpuUsage();
  const loop = performance.eventLoopUtilization();
  const isOverloaded = await sendDue(producer, step, startedMs, meter, signal);
  const spentCpu = process.cpuUsage(cpu);
  const spentLoop = performance.eventLoopUtilization(loop);
  const spentMs = performance.now() - startedMs;
  onSent?.();
  const drained = AbortSignal.any([signal, AbortSignal.timeout(DRAIN_MAX_MS)]);
  await producer.flush({ signal: drained }).catch(() => {});
  const after = producer.stats();
  const batches = after.batchesSent - before.batchesSent;
  // Answers come later than records are due by the usual latency; what comes later still is what was not kept up with. As fast as they go, the time is that until the last answer.
  const lateMs = meter.lastAckMs - startedMs - warmUpMs - measureMs;
  const behindMs = lateMs - meter.latencies.percentileMs(50) - LATE_ALLOWED_MS;
  const isFree = ratePerS === Infinity || isOverloaded;
  const countedMs = Math.max(1, isFree ? meter.lastAckMs - startedMs - warmUpMs : measureMs + Math.max(0, behindMs));
  const { latencies, failed, firstError, bytes, handedOver, acknowledged } = meter;
  return {
    targetPerS: ratePerS,
    records: latencies.count,
    ratePerS: (latencies.count / countedMs) * 1000,
    bytesPerS: (bytes / countedMs) * 1000,
    latencyMs: summarize(latencies),
    failed,
    firstError,
    unacknowledged: handedOver - acknowledged - failed,
    isOverloaded,
    clientCpu: (spentCpu.user + spentCpu.system) / 1000 / spentMs,
    clientLoop: spentLoop.utilization,
    batchBytes: batches === 0 ? 0 : (after.bytesSent - before.bytesSent) / batches,
    retriedBatches: after.batchesRetried - before.batchesRetried,
  };
}

/** Hands over every record when it is due; true when that fell too far behind. */
async function sendDue(
  producer: Producer,
  { topic, payloads, ratePerS, warmUpMs, measureMs }: LoadStep,
  startedMs: number,
  meter: LoadMeter,
  signal: AbortSignal,
): Promise<boolean> {
  const endMs = startedMs + warmUpMs + measureMs;
  const record = { topic, value: payloads[0]! };
  let callback: DeliveryCallback | undefined;
  let callbackMs = 0;
  let unyielded = 0;
  for (let n = 0; !signal.aborted && meter.firstError === undefined; n++) {
    const now = performance.now();
    const dueMs = ratePerS === Infinity ? now : startedMs + (n / ratePerS) * 1000;
    if (dueMs >= endMs) break;
    if (now - dueMs > BEHIND_MAX_MS) return true;
    // Shorter sleeps than a millisecond are none: the loop turns until the record is due.
    if (dueMs > now) await (dueMs - now >= 1 ? sleep(dueMs - now, undefined, { signal }).catch(() => {}) : setImmediate());
    record.value = payloads[n % payloads.length]!;
    // Records due within a twentieth of a millisecond share their callback: no garbage per record.
    if (callback === undefined || dueMs - callbackMs > 0.05) {
      callback = meter.deliveryDue(dueMs, record.value.length);
      callbackMs = dueMs;
    }
    meter.handedOver++;
    const room = producer.enqueue(record, callback);
    if (room) await room;
    unyielded += record.value.length;
    if (unyielded >= YIELD_BYTES) {
      unyielded = 0;
      await setImmediate();
    }
  }
  return false;
}
