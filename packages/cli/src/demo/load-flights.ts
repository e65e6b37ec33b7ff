import { type Admin, type Client, type ConsumerRecord, type Producer, partitionOfKey, type TopicPartition } from "@ottla/client";
import { FLIGHTS_TOPIC, LOADER_GROUP, partitionsOf } from "./demo-topics.ts";
import type { FlightValues } from "./flight-values.ts";
import type { FlightColumns, FlightsFile } from "./flights-file.ts";
import { readToEnd } from "./topic-reader.ts";

/** How the loading stands; counts grow while it runs. */
export interface LoadProgress {
  /** False while it is not known whether anything is missing, and for good when nothing is. */
  isLoading: boolean;
  /** Flights that an earlier run had written. */
  found: number;
  written: number;
  bytes: number;
}

/** A batch of a hundred kilobytes packs well, and the server does its work per batch. */
const BATCH_BYTES = 131_072;
/** Small, so that the members get their turn between two fillings. */
const BUFFER_BYTES = 8 * 1024 * 1024;
const LOOK_BACK_FACTOR = 32;

/**
 * Produces the flights of `file` up to number `flightCount` − 1 that are not in the topic yet, each keyed by its origin.
 * A flight's number is in its value, and the flights of one partition are written in order; so the number of a partition's last flight says
 * what is missing, however the last run ended.
 */
export async function loadFlights(
  client: Client,
  load: {
    readonly file: () => FlightsFile;
    readonly values: FlightValues;
    readonly flightCount: number;
    readonly partitionCount: number;
    readonly signal: AbortSignal;
  },
  progress: LoadProgress,
): Promise<void> {
  const admin = client.admin();
  const partitions = partitionsOf(FLIGHTS_TOPIC, load.partitionCount);
  if ((await readLoadedCount(admin, partitions)) >= load.flightCount) {
    progress.found = load.flightCount;
    return;
  }
  progress.isLoading = true;
  const lastFlights = await findLastFlights(client, load.values, partitions);
  const producer = client.producer({ compression: "lz4", batchSizeBytes: BATCH_BYTES, bufferMemoryBytes: BUFFER_BYTES });
  try {
    for await (const columns of load.file().columns(0, load.flightCount)) {
      await produceMissing(producer, columns, lastFlights, progress, load);
      if (load.signal.aborted) break;
    }
    await producer.flush();
  } finally {
    await producer.close();
  }
  if (!load.signal.aborted) await writeLoadedCount(admin, partitions, load.flightCount);
}

async function produceMissing(
  producer: Producer,
  columns: FlightColumns,
  lastFlights: readonly number[],
  progress: LoadProgress,
  { values, signal }: { readonly values: FlightValues; readonly signal: AbortSignal },
): Promise<void> {
  const partitionOf = new Map<string, number>();
  let departureMs = Number.NaN;
  let departure = "";
  for (let row = 0; row < columns.count && !signal.aborted; row++) {
    const flight = columns.firstFlight + row;
    const origin = columns.origin[row]!;
    let partition = partitionOf.get(origin);
    if (partition === undefined) {
      partition = partitionOfKey(Buffer.from(origin), lastFlights.length);
      partitionOf.set(origin, partition);
    }
    if (flight <= lastFlights[partition]!) {
      progress.found++;
      continue;
    }
    if (columns.departureMs[row] !== departureMs) {
      departureMs = columns.departureMs[row]!;
      departure = new Date(departureMs).toISOString().slice(0, 16);
    }
    const value = values.write({
      flight,
      departure,
      origin,
      destination: columns.destination[row]!,
      delay: columns.delayMinutes[row]!,
      distance: columns.distanceMiles[row]!,
    });
    const room = producer.enqueue({ topic: FLIGHTS_TOPIC, partition, key: origin, value, timestamp: departureMs });
    progress.written++;
    progress.bytes += origin.length + value.length;
    if (room) await room;
  }
}

/** The number of the last flight in each partition; −1 where there is none. Looks back further while it meets only foreign records. */
async function findLastFlights(client: Client, values: FlightValues, partitions: readonly TopicPartition[]): Promise<number[]> {
  const last = partitions.map(() => -1);
  let open = partitions;
  for (let depth = 1; open.length > 0; depth *= LOOK_BACK_FACTOR) {
    const exhausted = new Set<number>();
    const visit = async ({ partition, value }: ConsumerRecord): Promise<void> => {
      const facts = await values.read(value);
      if (facts !== undefined) last[partition] = Math.max(last[partition]!, facts.flight);
    };
    await readToEnd(client, open, visit, ({ partition }, start, end) => {
      if (end - depth <= start) exhausted.add(partition);
      return end - depth;
    });
    open = open.filter(({ partition }) => last[partition] === -1 && !exhausted.has(partition));
  }
  return last;
}

/** How many flights a finished loading wrote; 0 when none was finished, or the topic has been emptied since. */
async function readLoadedCount(admin: Admin, partitions: readonly TopicPartition[]): Promise<number> {
  const [marks, ends] = await Promise.all([
    admin.listGroupOffsets(LOADER_GROUP, partitions),
    admin.listOffsets(partitions.map((partition) => ({ ...partition, spec: "latest" }))),
  ]);
  const endOf = new Map(ends.map(({ partition, value }) => [partition, value?.offset ?? 0]));
  const isThere = marks.every(({ partition, value }) => value !== undefined && value.offset <= (endOf.get(partition) ?? 0));
  return isThere ? Number(/^loaded=(\d+)$/.exec(marks[0]?.value?.metadata ?? "")?.[1] ?? 0) : 0;
}

async function writeLoadedCount(admin: Admin, partitions: readonly TopicPartition[], flightCount: number): Promise<void> {
  const ends = await admin.listOffsets(partitions.map((partition) => ({ ...partition, spec: "latest" })));
  const offsets = ends.map(({ topic, partition, value }) => ({
    topic,
    partition,
    offset: value?.offset ?? 0,
    metadata: `loaded=${flightCount}`,
  }));
  for (const { error } of await admin.alterGroupOffsets(LOADER_GROUP, offsets)) if (error) throw error;
}
