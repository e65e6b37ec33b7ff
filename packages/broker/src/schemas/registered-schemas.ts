import { type Clock, type Logger, MalformedBytesError, TimeSlice } from "@ottla/base";
import {
  decodeEndTransactionMarker,
  firstBatch,
  isControl,
  isTransactional,
  nextBatch,
  producerId,
  RecordCursor,
} from "@ottla/protocol/records";
import { SCHEMAS_TOPIC } from "../config/keys/schema-configs.ts";
import type { Partition } from "../partitions/partition.ts";
import { SchemaIndex } from "./schema-index.ts";

const READ_BYTES = 1024 * 1024;
const SLICE_MS = 5;
/** Records of transactions that have not ended; registries write one at a time. */
const MAX_PENDING = 10_000;
/** More than any registry writes at once. */
const BATCH_BYTES_MAX = 16 * 1024 * 1024;

/** What is needed of the broker around it. */
export interface RegisteredSchemasDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly partitions: {
    get(topic: string, partition: number): Partition | undefined;
    isUnreadable(topic: string, partition: number): boolean;
  };
}

/** Whether it is known what is registered. */
export type Knowledge = { readonly kind: "known"; readonly index: SchemaIndex } | { readonly kind: "unknown"; readonly why: string };

/** What was read of one life of the topic. */
interface Reading {
  readonly partition: Partition | undefined;
  readonly index: SchemaIndex;
  readonly pending: Map<number, { readonly key: Buffer | null; readonly value: Buffer | null }[]>;
  pendingRecords: number;
  nextOffset: number;
}

/**
 * What the registry's topic says, as far as this broker's own log of it goes. Nothing is read before somebody asks; then it is read to the end of what is there at that moment, in slices of time, and
 * the next one who asks reads on from there. So whoever was told by a registry that a schema is registered finds it here. Without a topic nothing is registered.
 */
export class RegisteredSchemas {
  readonly #deps: RegisteredSchemasDeps;
  readonly #cursor = new RecordCursor();
  #reading: Reading | undefined;
  #busy: Promise<unknown> = Promise.resolve();

  constructor(deps: RegisteredSchemasDeps) {
    this.#deps = deps;
  }

  /** The index, when all of the topic was read and the prefix, if any, is counted; undefined: ask {@link catchUp}. */
  current(prefix: string | undefined): SchemaIndex | undefined {
    const reading = this.#reading;
    const partition = this.#partition();
    if (reading === undefined || reading.partition !== partition || reading.index.isOverfull) return undefined;
    if (prefix !== undefined && !reading.index.hasPrefix(prefix)) return undefined;
    return reading.nextOffset >= (partition?.log.logEndOffset ?? 0) && !this.#isUnreadable() ? reading.index : undefined;
  }

  /** Reads what came. Those who ask at once wait for each other. */
  catchUp(prefix: string | undefined): Promise<Knowledge> {
    const turn = this.#busy.then(async () => {
      const knowledge = await this.#readOn();
      if (prefix !== undefined && knowledge.kind === "known" && !knowledge.index.hasPrefix(prefix))
        await knowledge.index.countPrefix(prefix, new TimeSlice(this.#deps.clock, SLICE_MS));
      return knowledge;
    });
    this.#busy = turn.catch(() => {});
    return turn;
  }

  #partition(): Partition | undefined {
    return this.#deps.partitions.get(SCHEMAS_TOPIC, 0);
  }

  #isUnreadable(): boolean {
    return this.#deps.partitions.isUnreadable(SCHEMAS_TOPIC, 0);
  }

  async #readOn(): Promise<Knowledge> {
    if (this.#isUnreadable()) return { kind: "unknown", why: `The topic "${SCHEMAS_TOPIC}" cannot be read; see the broker's log.` };
    const partition = this.#partition();
    if (this.#reading === undefined || this.#reading.partition !== partition) {
      this.#reading = { partition, index: new SchemaIndex(), pending: new Map(), pendingRecords: 0, nextOffset: 0 };
    }
    const reading = this.#reading;
    if (partition !== undefined) {
      const why = await this.#read(partition, reading);
      if (why !== undefined) {
        // What was read so far may be half of something.
        this.#reading = undefined;
        return { kind: "unknown", why };
      }
    }
    if (reading.index.isOverfull)
      return { kind: "unknown", why: `The topic "${SCHEMAS_TOPIC}" has more versions than the broker can keep.` };
    return { kind: "known", index: reading.index };
  }

  /** Undefined, or why not all could be read. */
  async #read({ log }: Partition, reading: Reading): Promise<string | undefined> {
    const end = log.logEndOffset;
    const slice = new TimeSlice(this.#deps.clock, SLICE_MS);
    reading.nextOffset = Math.max(reading.nextOffset, log.logStartOffset);
    while (reading.nextOffset < end) {
      const outcome = await log.read(reading.nextOffset, READ_BYTES, { minOneBatch: true, maxOffset: end });
      if (outcome.kind === "rejected" || outcome.sizeBytes === 0) return `The topic "${SCHEMAS_TOPIC}" could not be read to its end.`;
      try {
        for (const chunk of outcome.records) {
          for (let at = firstBatch(chunk); at >= 0; at = nextBatch(chunk, at)) {
            if (!(await this.#takeBatch(chunk, at, reading, slice)))
              return `The topic "${SCHEMAS_TOPIC}" has a transaction that is too large.`;
          }
        }
      } finally {
        outcome.release?.();
      }
      outcome.readOn?.();
      reading.nextOffset = outcome.nextOffset;
      if (slice.isOver) await slice.rest();
    }
    return undefined;
  }

  /** False when more waits for the ends of transactions than may. */
  async #takeBatch(chunk: Buffer, at: number, reading: Reading, slice: TimeSlice): Promise<boolean> {
    try {
      const cursor = this.#cursor.open(chunk, at, BATCH_BYTES_MAX);
      if (isControl(chunk, at)) {
        // Compaction may have left a batch without records.
        const marker = cursor.moveNext() ? decodeEndTransactionMarker(cursor) : null;
        if (marker !== null) await this.#endTransaction(producerId(chunk, at), marker.outcome === "commit", reading, slice);
        return true;
      }
      while (cursor.moveNext()) {
        if (!isTransactional(chunk, at)) {
          const work = reading.index.apply(cursor.key(), cursor.value());
          if (work !== undefined) await finished(work, slice);
        } else if (++reading.pendingRecords > MAX_PENDING) return false;
        else this.#postpone(producerId(chunk, at), cursor, reading);
        if (slice.isOver) await slice.rest();
      }
    } catch (error) {
      if (!(error instanceof MalformedBytesError)) throw error;
      this.#deps.logger.warn("A batch of the schema registry's topic cannot be read and is passed over.", { error });
    }
    return true;
  }

  #postpone(producer: number, cursor: RecordCursor, { pending }: Reading): void {
    const records = pending.get(producer) ?? [];
    const [key, value] = [cursor.key(), cursor.value()];
    records.push({ key: key && Buffer.from(key), value: value && Buffer.from(value) });
    pending.set(producer, records);
  }

  async #endTransaction(producer: number, isCommit: boolean, reading: Reading, slice: TimeSlice): Promise<void> {
    const records = reading.pending.get(producer) ?? [];
    reading.pending.delete(producer);
    reading.pendingRecords -= records.length;
    if (!isCommit) return;
    for (const { key, value } of records) {
      const work = reading.index.apply(key, value);
      if (work !== undefined) await finished(work, slice);
      if (slice.isOver) await slice.rest();
    }
  }
}

/** Does what is left of a record, with rests. */
async function finished(work: Iterable<void>, slice: TimeSlice): Promise<void> {
  for (const _ of work) if (slice.isOver) await slice.rest();
}
