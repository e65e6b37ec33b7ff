import type { Consumer } from "@ottla/client";
import { LatencyHistogram, type LatencySummary, summarize } from "./latency-histogram.ts";

const POLL_MS = 100;
/** Longer than this nobody waits for a record. */
const FIRST_RECORD_MAX_MS = 30_000;

/** A topic that is read. */
export interface FetchStep {
  readonly topic: string;
  readonly partitions: number;
  /** `again`: what is there, from the beginning again and again, as fast as it comes. `new`: what is written meanwhile. */
  readonly what: "again" | "new";
  /** At the beginning, not counted. */
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** What reading came to. */
export interface FetchResult {
  readonly records: number;
  readonly ratePerS: number;
  readonly bytesPerS: number;
  /** From a record's timestamp, which is whole milliseconds, until it was in hand; empty when old records were read. */
  readonly latencyMs: LatencySummary;
}

/** Reads all partitions for a time, without a group. Errors: those of the consumer. */
export async function runFetch(consumer: Consumer, step: FetchStep, signal: AbortSignal): Promise<FetchResult> {
  const { topic, partitions, what, warmUpMs, measureMs } = step;
  const places = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  consumer.assign(places);
  if (what === "new") consumer.seekToEnd();
  else consumer.seekToBeginning();
  const available = (await consumer.endOffsets(places)).reduce((sum, { offset }) => sum + offset, 0);
  const latencies = new LatencyHistogram();
  // Connections and offsets are found before the first record; the time begins with it.
  let countedFromMs = Infinity;
  let endMs = performance.now() + FIRST_RECORD_MAX_MS;
  // A machine that is too busy for one poll in the time still measures one.
  const isWithoutRecord = (now: number): boolean => records === 0 && now < endMs + FIRST_RECORD_MAX_MS && countedFromMs !== Infinity;
  let [records, bytes, sinceSeek, lastMs] = [0, 0, 0, 0];
  for (let now = performance.now(); !signal.aborted && (now < endMs || isWithoutRecord(now)); now = performance.now()) {
    const batches = await consumer.poll(POLL_MS, { signal }).catch((error: unknown) => {
      if (signal.aborted) return [];
      throw error;
    });
    const receivedMs = performance.now();
    const receivedAtMs = performance.timeOrigin + receivedMs;
    if (batches.length > 0 && countedFromMs === Infinity) {
      countedFromMs = receivedMs + warmUpMs;
      endMs = countedFromMs + measureMs;
    }
    const isCounted = receivedMs >= countedFromMs;
    for (const batch of batches) {
      const cursor = batch.cursor();
      while (cursor.moveNext()) {
        sinceSeek++;
        if (!isCounted) continue;
        records++;
        bytes += Math.max(0, cursor.keyLength) + Math.max(0, cursor.valueLength);
        if (what === "new") latencies.add(Math.max(0, receivedAtMs - cursor.timestamp));
      }
      if (isCounted) lastMs = receivedMs;
    }
    if (what === "again" && sinceSeek >= available) {
      sinceSeek = 0;
      consumer.seekToBeginning();
    }
  }
  const countedMs = Math.max(1, lastMs - countedFromMs);
  return { records, ratePerS: (records / countedMs) * 1000, bytesPerS: (bytes / countedMs) * 1000, latencyMs: summarize(latencies) };
}
