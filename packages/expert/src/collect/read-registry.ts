import { type Clock, OttlaError, TimeSlice } from "@ottla/base";
import type { Client } from "@ottla/client";
import type { RegistrySnapshot } from "../snapshot/registry-snapshot.ts";
import { RegistryRecords } from "./snapshot/registry-records.ts";

/** Where registries keep their schemas, until somebody says otherwise. */
const SCHEMAS_TOPIC = "_schemas";
/** A compacted topic of a large registry has some ten thousand; beyond this it is no look any more. */
const RECORDS_MAX = 100_000;
const BYTES_MAX = 64 * 1024 * 1024;
const POLL_MS = 500;

/** Reads a registry by its topic. */
export interface RegistryReader {
  readonly topic: string;
  /** Undefined: nothing has changed since `known`. */
  readonly read: (known: RegistrySnapshot | undefined, timeoutMs: number, signal: AbortSignal) => Promise<RegistrySnapshot | undefined>;
}

/**
 * Reads a registry by the topic in which it keeps its schemas, without a group and without a trace: levels, and when each version was registered, which no answer of a registry tells. Errors: `NO_SUCH_TOPIC`,
 * `REGISTRY_TOO_LARGE`, those of the client.
 */
export function registryReader(client: Client, clock: Clock, topic: string = SCHEMAS_TOPIC): RegistryReader {
  const read: RegistryReader["read"] = async (known, timeoutMs, signal) => {
    const admin = client.admin();
    const deadlineMs = clock.monotonicMs() + timeoutMs;
    const place = { topic, partition: 0 };
    const [[start], [end]] = await Promise.all([
      admin.listOffsets([{ ...place, spec: "earliest" }], { signal, timeoutMs }),
      admin.listOffsets([{ ...place, spec: "latest" }], { signal, timeoutMs }),
    ]);
    const error = start?.error ?? end?.error;
    if (error) throw error;
    const [from, to] = [start?.value?.offset ?? 0, end?.value?.offset ?? 0];
    if (known?.topic === topic && known.endOffset === to) return undefined;
    const records = new RegistryRecords();
    const slice = new TimeSlice(clock);
    let [count, bytes] = [0, 0];
    if (from >= to) return records.snapshot(topic, to);
    const consumer = client.consumer({ enableAutoCommit: false, autoOffsetReset: "earliest" });
    try {
      consumer.assign([place]);
      consumer.seek(place, from);
      for (let at = from; at < to; ) {
        signal.throwIfAborted();
        if (clock.monotonicMs() > deadlineMs)
          throw new OttlaError("REQUEST_TIMED_OUT", `The topic ${topic} was not read to its end within ${timeoutMs / 1000} s.`);
        for (const batch of await consumer.poll(POLL_MS, { signal })) {
          for (const { key, value, timestamp } of batch) {
            bytes += (key?.length ?? 0) + (value?.length ?? 0);
            if (++count > RECORDS_MAX || bytes > BYTES_MAX)
              throw new OttlaError(
                "REGISTRY_TOO_LARGE",
                `The topic ${topic} has more than ${RECORDS_MAX} records or 64 MiB; no more are read.`,
              );
            records.take({ key, value, timestampMs: timestamp });
            if (slice.isOver) await slice.rest();
          }
        }
        // What compaction or a transaction left at the end comes in no batch.
        at = await consumer.position(place, { signal });
      }
      return records.snapshot(topic, to);
    } finally {
      await consumer.close({ timeoutMs: 1000 });
    }
  };
  return { topic, read };
}
