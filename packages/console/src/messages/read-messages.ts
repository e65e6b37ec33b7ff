import { type Clock, OttlaError, TimeSlice } from "@ottla/base";
import type { Admin, Client, ConsumerBatch, ConsumerRecord, TopicPartition } from "@ottla/client";
import { decodeRecord } from "./decode-record.ts";
import type { Masker } from "../masking/masker.ts";
import type { MessageQuery, StartPlace } from "./message-query.ts";
import type { SchemaDecoder } from "./schema-decoder.ts";
import { NewestByKey } from "./newest-by-key.ts";
import { ScanPace } from "./scan-pace.ts";
import { type DecodedRecord, type RecordFilter, recordFilter } from "./record-filter.ts";
import { ToldTogether } from "./told-together.ts";

/** How far a reading is. */
interface ReadingProgress {
  /** Records looked at. */
  readonly scanned: number;
  readonly shown: number;
  /** Of a tail: records that were not shown, since more came than anybody reads. Of the newest of each key: those that there was no room for. */
  readonly skipped: number;
  readonly bytes: number;
  /** Offsets still to look at, up to the ends as they were at the beginning; undefined of a tail. */
  readonly left: number | undefined;
  readonly filterFailures: RecordFilter["failures"] | undefined;
}

/** What a reading tells, in order. */
export type ReadingEvent =
  | { readonly kind: "records"; readonly records: readonly DecodedRecord[] }
  | { readonly kind: "progress"; readonly progress: ReadingProgress }
  /** `end`: all was looked at; `limit`: as many were found as asked for; `scanMax`: as many were looked at as may be. */
  | { readonly kind: "ended"; readonly reason: "end" | "limit" | "scanMax"; readonly progress: ReadingProgress };

const POLL_MS = 250;
/** Of what was fetched and not looked at yet each reading holds no more: many go on at once, and one whose page takes nothing keeps it. A larger batch comes whole all the same. */
const FETCHED_BYTES_MAX = 512 * 1024;
const PROGRESS_EVERY_MS = 250;
/** More of a live tail is not shown: four times a second so many, as many as anybody reads and a browser draws within a frame. */
const TAIL_SLOT_MS = 250;
const TAIL_SHOWN_PER_SLOT = 10;

/** What a reading stands on. */
export interface ReadingWorld {
  readonly client: Client;
  readonly clock: Clock;
  /** Undefined where no registry is known. */
  readonly schemas: SchemaDecoder | undefined;
  /** Undefined where nothing is hidden from who reads. */
  readonly masker: () => Masker | undefined;
}

/**
 * Reads records of a topic without a group and without a trace in the cluster, tells how far it is, and ends with the signal. Errors: `UNKNOWN_TOPIC`, `BAD_FILTER`, those of the brokers.
 */
export async function* readMessages(
  { client, clock, schemas, masker }: ReadingWorld,
  query: MessageQuery,
  signal: AbortSignal,
): AsyncGenerator<ReadingEvent, void, void> {
  const filter = query.filter === undefined ? undefined : recordFilter(query.filter);
  const admin = client.admin();
  try {
    const places = await placesOf(admin, query, signal);
    yield* new Reading({ client, clock, schemas, masker }, query, filter, signal).run(places);
  } finally {
    await admin.close();
  }
}

/** Where a partition is read from and to; a tail has no end. */
interface Place extends TopicPartition {
  readonly start: number;
  readonly end: number;
}

class Reading {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #schemas: SchemaDecoder | undefined;
  readonly #masker: () => Masker | undefined;
  readonly #query: MessageQuery;
  readonly #filter: RecordFilter | undefined;
  readonly #signal: AbortSignal;
  readonly #isTail: boolean;
  /** Partitions that are not read to their end. */
  readonly #open = new Map<number, { position: number; readonly end: number }>();
  #scanned = 0;
  #shown = 0;
  #skipped = 0;
  #bytes = 0;
  #slot = { beganMs: 0, shown: 0 };
  /** Of all of it: batches may be small, and come without a turn of the loop between them. */
  readonly #slice: TimeSlice;
  readonly #pace: ScanPace | undefined;
  /** Where the newest of each key are wanted. */
  readonly #newest: NewestByKey | undefined;

  constructor(
    { client, clock, schemas, masker }: ReadingWorld,
    query: MessageQuery,
    filter: RecordFilter | undefined,
    signal: AbortSignal,
  ) {
    this.#client = client;
    this.#clock = clock;
    this.#schemas = schemas;
    this.#masker = masker;
    this.#query = query;
    this.#filter = filter;
    this.#signal = signal;
    this.#slice = new TimeSlice(clock);
    this.#isTail = query.from.kind === "tail";
    this.#newest = query.from.kind === "keys" ? new NewestByKey() : undefined;
    this.#pace = this.#isTail ? undefined : new ScanPace(clock, query.scanPerS);
  }

  async *run(places: readonly Place[]): AsyncGenerator<ReadingEvent, void, void> {
    const { topic, isolation } = this.#query;
    const consumer = this.#client.consumer({
      enableAutoCommit: false,
      autoOffsetReset: "earliest",
      isolationLevel: isolation,
      allowAutoCreateTopics: false,
      prefetchBytesMax: FETCHED_BYTES_MAX,
    });
    try {
      for (const { partition, start, end } of places) if (this.#isTail || start < end) this.#open.set(partition, { position: start, end });
      consumer.assign([...this.#open.keys()].map((partition) => ({ topic, partition })));
      for (const { partition, start } of places) if (this.#open.has(partition)) consumer.seek({ topic, partition }, start);
      let toldMs = this.#clock.monotonicMs();
      while (this.#open.size > 0) {
        const batches = await consumer.poll(POLL_MS, { signal: this.#signal });
        for (const batch of batches) {
          const reason = yield* this.#look(batch);
          if (reason !== undefined) {
            yield* this.#tellNewest();
            return yield { kind: "ended", reason, progress: this.#progress() };
          }
          this.#advance(batch.partition, batch.nextOffset);
          while ((await this.#pace?.rest(this.#scanned, this.#bytes, this.#signal)) === "goOn")
            yield { kind: "progress", progress: this.#progress() };
        }
        for (const partition of [...this.#open.keys()]) {
          const place = { topic, partition };
          // The last offsets may be those of markers, which no batch brings.
          if (!this.#isTail && consumer.currentLag(place) === 0) this.#advance(partition, Number.MAX_SAFE_INTEGER);
          if (!this.#isOpen(partition)) consumer.pause([place]);
        }
        if (this.#clock.monotonicMs() - toldMs < PROGRESS_EVERY_MS) continue;
        toldMs = this.#clock.monotonicMs();
        yield { kind: "progress", progress: this.#progress() };
      }
      yield* this.#tellNewest();
      yield { kind: "ended", reason: "end", progress: this.#progress() };
    } finally {
      await consumer.close({ timeoutMs: 1_000 });
    }
  }

  /** Looks at a batch; why the reading is over, if it is. */
  async *#look(batch: ConsumerBatch): AsyncGenerator<ReadingEvent, "limit" | "scanMax" | undefined, void> {
    const open = this.#open.get(batch.partition);
    if (open === undefined) return undefined;
    const found = new ToldTogether();
    let reason: "limit" | "scanMax" | undefined;
    for (const record of batch) {
      if (record.offset >= open.end) break;
      open.position = record.offset + 1;
      this.#scanned++;
      this.#bytes += (record.key?.length ?? 0) + (record.value?.length ?? 0);
      if (this.#newest !== undefined) this.#newest.add(record);
      else {
        const asked = this.#wanted(record);
        const decoded = asked instanceof Promise ? await asked : asked;
        if (decoded !== undefined && this.#mayShow()) found.add(decoded);
        if (found.isFull) yield { kind: "records", records: found.take() };
      }
      if (!this.#isTail && this.#shown >= this.#query.limit) reason = "limit";
      else if (!this.#isTail && this.#scanned >= this.#query.scanMax) reason = "scanMax";
      if (reason !== undefined) break;
      if (this.#slice.isOver) {
        await this.#slice.rest();
        this.#signal.throwIfAborted();
      }
    }
    if (!found.isEmpty) yield { kind: "records", records: found.take() };
    return reason;
  }

  /** A filter is asked about the newest of each key, as of a table. */
  async *#tellNewest(): AsyncGenerator<ReadingEvent, void, void> {
    if (this.#newest === undefined) return;
    this.#skipped = this.#newest.leftOut;
    const found = new ToldTogether();
    for (const record of this.#newest.records()) {
      if (this.#shown >= this.#query.limit) {
        this.#skipped++;
        continue;
      }
      const asked = this.#wanted(record);
      const decoded = asked instanceof Promise ? await asked : asked;
      if (decoded !== undefined && this.#mayShow()) found.add(decoded);
      if (found.isFull) yield { kind: "records", records: found.take() };
      if (this.#slice.isOver) {
        await this.#slice.rest();
        this.#signal.throwIfAborted();
      }
    }
    if (!found.isEmpty) yield { kind: "records", records: found.take() };
  }

  /** Only what a schema wrote is waited for: the rest would pay for a turn of the loop with each record. */
  #wanted(record: ConsumerRecord): DecodedRecord | undefined | Promise<DecodedRecord | undefined> {
    // Of what is masked the key, too, is asked for as it is shown.
    if (this.#masker() === undefined && !this.#isOfKey(record)) return undefined;
    // What nobody will see is not decoded.
    if (this.#filter === undefined && this.#isSlotFull()) return this.#skip();
    const decoded = decodeRecord(record);
    const hasSchema = decoded.key.format === "schema" || decoded.value.format === "schema";
    if (this.#schemas === undefined || !hasSchema) return this.#filtered(decoded);
    return this.#schemas.decode(decoded).then((read) => this.#filtered(read));
  }

  #isOfKey({ key }: ConsumerRecord): boolean {
    return this.#query.key === undefined || key?.toString() === this.#query.key;
  }

  #filtered(read: DecodedRecord): DecodedRecord | undefined {
    // Asked anew each time: rules may have changed while a schema was waited for.
    const decoded = this.#masker()?.mask(read) ?? read;
    if (!this.#isOfKey(decoded.record)) return undefined;
    return this.#filter === undefined || this.#filter.isWanted(decoded) ? decoded : undefined;
  }

  /** Of a tail no more than anybody reads. */
  #mayShow(): boolean {
    if (this.#isSlotFull()) return this.#skip() !== undefined;
    this.#slot.shown++;
    this.#shown++;
    return true;
  }

  #isSlotFull(): boolean {
    if (!this.#isTail) return false;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#slot.beganMs >= TAIL_SLOT_MS) this.#slot = { beganMs: nowMs, shown: 0 };
    return this.#slot.shown >= TAIL_SHOWN_PER_SLOT;
  }

  #skip(): undefined {
    this.#skipped++;
  }

  #advance(partition: number, position: number): void {
    const open = this.#open.get(partition);
    if (open !== undefined) open.position = Math.min(open.end, Math.max(open.position, position));
  }

  /** Whether something of the partition is still to be read. */
  #isOpen(partition: number): boolean {
    const open = this.#open.get(partition);
    if (open !== undefined && open.position < open.end) return true;
    this.#open.delete(partition);
    return false;
  }

  #progress(): ReadingProgress {
    let left = 0;
    for (const { position, end } of this.#open.values()) left += end - position;
    return {
      scanned: this.#scanned,
      shown: this.#shown,
      skipped: this.#skipped,
      bytes: this.#bytes,
      left: this.#isTail ? undefined : left,
      filterFailures: this.#filter && { ...this.#filter.failures },
    };
  }
}

async function placesOf(
  admin: Admin,
  { topic, partitions: only, from, limit }: MessageQuery,
  signal: AbortSignal,
): Promise<readonly Place[]> {
  const [described] = await admin.describeTopics([topic], { signal });
  if (described?.error?.code === "UNKNOWN_TOPIC_OR_PARTITION") throw new OttlaError("UNKNOWN_TOPIC", `There is no topic ${topic}.`);
  if (described?.error) throw described.error;
  const numbers = (described?.value.partitions ?? []).map(({ partition }) => partition);
  const unknown = only.find((partition) => !numbers.includes(partition));
  if (unknown !== undefined)
    throw new OttlaError(
      "UNKNOWN_PARTITION",
      `The topic ${topic} has ${numbers.length} partition${numbers.length === 1 ? "" : "s"}, and none with the number ${unknown}.`,
    );
  const partitions = numbers
    .filter((partition) => only.length === 0 || only.includes(partition))
    .map((partition) => ({ topic, partition }));
  const lookUp = async (spec: "earliest" | "latest" | { readonly timestamp: number }): Promise<readonly (number | undefined)[]> => {
    const found = await admin.listOffsets(
      partitions.map((each) => ({ ...each, spec })),
      { signal },
    );
    return found.map(({ value }) => value?.offset);
  };
  const [starts, ends] = await Promise.all([lookUp("earliest"), lookUp("latest")]);
  const atTime = from.kind === "time" ? await lookUp({ timestamp: from.timestampMs }) : undefined;
  // A partition whose leader is away has neither, and is not read.
  return partitions.flatMap((each, i) => {
    const [first, last] = [starts[i], ends[i]];
    if (first === undefined || last === undefined) return [];
    const start = startOf(from, first, last, Math.ceil(limit / partitions.length), atTime?.[i]);
    return [{ ...each, start, end: from.kind === "tail" ? Number.MAX_SAFE_INTEGER : last }];
  });
}

function startOf(from: StartPlace, first: number, last: number, newest: number, atTime: number | undefined): number {
  switch (from.kind) {
    case "earliest":
    case "keys":
      return first;
    case "newest":
      return Math.max(first, last - newest);
    case "tail":
      return last;
    case "offset":
      return Math.min(Math.max(from.offset, first), last);
    case "time":
      return atTime ?? last;
  }
}
