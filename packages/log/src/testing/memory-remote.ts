import { batchViews, lastOffset, maxTimestamp } from "@ottla/protocol/records";
import type { PartitionLog } from "../partition/partition-log.ts";
import type { RemotePartition, RemoteSegment, RemoteSegments } from "../remote/remote-segments.ts";
import { readAll } from "./log-fixture.ts";

interface Kept {
  readonly owner: string;
  readonly segment: RemoteSegment;
  readonly bytes: Buffer;
}

/** A remote store in memory, which can fail, hang, and be asked what was asked of it. */
export class MemoryRemote implements RemoteSegments {
  readonly calls: string[] = [];
  readonly #kept = new Map<string, Kept>();
  /** Calls that fail, by name. */
  readonly broken = new Set<string>();
  /** Calls that never answer, by name. */
  readonly hanging = new Set<string>();
  /** Changes what reads give. */
  alter: (bytes: Buffer) => Buffer = (bytes) => bytes;
  /** Called while a read is under way. */
  whileReading: () => Promise<void> | void = () => {};

  get ids(): string[] {
    return [...this.#kept.keys()];
  }

  /** Copies the `count` oldest closed segments from the `at`-th on, and tells the log. */
  async copy(log: PartitionLog, at: number, count: number): Promise<void> {
    for (const { baseOffset, sizeBytes, transactions } of log.segments.all().slice(at, at + count)) {
      const end = log.segments.at(log.segments.floorIndex(baseOffset) + 1)!.baseOffset;
      const batches = [...batchViews(await readAll(log, baseOffset))].filter((batch) => lastOffset(batch, 0) < end);
      const bytes = Buffer.concat(batches);
      if (bytes.length !== sizeBytes) throw new Error(`The segment at ${baseOffset} has ${sizeBytes} bytes, read were ${bytes.length}.`);
      const segment = {
        id: `s${baseOffset}`,
        baseOffset,
        endOffset: end - 1,
        sizeBytes,
        maxTimestampMs: Math.max(...batches.map((batch) => maxTimestamp(batch, 0))),
        leaderEpochs: [{ epoch: log.epochAt(baseOffset), startOffset: baseOffset }],
        abortedTransactions: [...transactions.entries],
      };
      this.#kept.set(segment.id, { owner: nameOf(log), segment, bytes });
    }
    await log.refreshRemoteSegments();
  }

  list(partition: RemotePartition): Promise<readonly RemoteSegment[]> {
    return this.#answer("list", () =>
      [...this.#kept.values()]
        .filter(({ owner }) => owner === nameOf(partition))
        .map(({ segment }) => segment)
        .reverse(),
    );
  }

  async read(segment: RemoteSegment, offset: number, maxBytes: number): Promise<Buffer> {
    await this.whileReading();
    return this.#answer("read", () => {
      const { bytes } = this.#kept.get(segment.id)!;
      let at = 0;
      for (const batch of batchViews(bytes)) {
        if (lastOffset(batch, 0) >= offset) break;
        at += batch.length;
      }
      return this.alter(Buffer.from(bytes.subarray(at, at + maxBytes)));
    });
  }

  offsetBefore(segment: RemoteSegment): Promise<number> {
    return this.#answer("offsetBefore", () => segment.baseOffset);
  }

  remove(segment: RemoteSegment): Promise<void> {
    return this.#answer("remove", () => void this.#kept.delete(segment.id));
  }

  #answer<T>(call: string, give: () => T): Promise<T> {
    this.calls.push(call);
    if (this.hanging.has(call)) return new Promise(() => {});
    return this.broken.has(call) ? Promise.reject(new Error("503 Slow Down")) : Promise.resolve().then(give);
  }
}

function nameOf({ topic, partition, topicId }: RemotePartition): string {
  return `${topic}-${partition}-${topicId}`;
}
