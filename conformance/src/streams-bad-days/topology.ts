import { type Serde, serdes, StreamsBuilder, type Topology, tumbling } from "@ottla/streams";

/** Topics that are read. All have {@link PARTITIONS} partitions, and a record says which one it is for. */
export const inputs = { lines: "lines", names: "names", lefts: "lefts", rights: "rights" } as const;

/** Topics that are written, of which each has a known answer. */
export const outputs = {
  counts: "counts",
  named: "named",
  closed: "closed",
  suppressed: "suppressed",
  pairs: "pairs",
  dead: "dead",
  since: "since-upgrade",
} as const;

export const PARTITIONS = 4;
/** Of windows, in the time of records. */
export const WINDOW_MS = 1_000;
/** A store has windows long after they were closed: one that forgot which gives all of them on again. */
const CLOSED_KEPT_MS = 20 * WINDOW_MS;
/** Longer than anything here lasts: whatever stands still, both halves of a pair meet. */
const PAIR_WINDOW_MS = 600_000;
/** A line that no serde can read begins with this. */
export const POISON = "poison ";
/** A line that a step fails at begins with this. */
export const BAD = "bad ";

/** Where its stores are: some on the disk and some in memory, or all in memory, where tasks process on while their transaction ends. */
export type StorePlaces = "mixed" | "memory";

/** Which version of the application an instance runs: the second has a node and a store more. */
export type TopologyVersion = 1 | 2;

const texts = { key: serdes.string, value: serdes.string } as const;

/** A line: its identity, and words. */
const lines: Serde<string> = {
  name: "lines",
  serialize: (topic, line, headers) => serdes.string.serialize(topic, line, headers),
  deserialize(topic, bytes, headers) {
    const line = serdes.string.deserialize(topic, bytes, headers);
    if (line.startsWith(POISON)) throw new Error("nobody can read this line");
    return line;
  },
};

/**
 * What runs on bad days, with a known answer for each record: words that are counted behind a repartition topic, with a store on the disk; windows that are given on once when they close, in both ways; a join with a table,
 * and one of two streams; a node that fails at some lines.
 */
export function badDaysTopology(version: TopologyVersion, stores: StorePlaces): Topology {
  const persistent = stores === "mixed";
  const b = new StreamsBuilder();
  const read = b.stream(inputs.lines, { key: serdes.string, value: lines, name: "lines" });
  read
    .flatMapValues((line) => line.split(" ").slice(1), { name: "words" })
    .groupBy((word) => word, { ...texts, name: "by-word" })
    .count({ store: { name: "counts", persistent }, name: "count" })
    .toStream({ name: "counted" })
    .to(outputs.counts, { name: "to-counts" });
  const windows = read.groupByKey({ value: lines, name: "by-key" }).windowedBy(tumbling({ sizeMs: WINDOW_MS, graceMs: 0 }));
  windows
    .emit("onClose")
    .count({ store: { name: "closing", persistent, retentionMs: CLOSED_KEPT_MS }, name: "closing" })
    .toStream((_count, { key, window }) => `${key}@${window.startMs}`, { key: serdes.string, name: "closed" })
    .to(outputs.closed, { name: "to-closed" });
  windows
    .count({ store: "windows", name: "windows" })
    .suppress({ until: "windowCloses", name: "suppressed" })
    .toStream((_count, { key, window }) => `${key}@${window.startMs}`, { key: serdes.string, name: "over" })
    .to(outputs.suppressed, { name: "to-suppressed" });
  const names = b.table(inputs.names, { ...texts, store: "names", name: "names" });
  const named = read.mapValues(identityOf, { value: serdes.string, name: "identity" });
  named
    .join(names, (id, name) => `${id} ${name}`, { ...texts, name: "named" })
    .to(outputs.named, { value: serdes.string, name: "to-named" });
  b.stream(inputs.lefts, { ...texts, name: "lefts" })
    .join(b.stream(inputs.rights, { ...texts, name: "rights" }), (left, right) => `${left} ${right}`, {
      ...texts,
      otherValue: serdes.string,
      beforeMs: PAIR_WINDOW_MS,
      afterMs: PAIR_WINDOW_MS,
      graceMs: 0,
      storeName: "pairs",
      name: "pairs",
    })
    .to(outputs.pairs, { value: serdes.string, name: "to-pairs" });
  if (version === 2) {
    named
      .groupByKey({ ...texts, name: "by-key-since" })
      .count({ store: { name: "since", persistent }, name: "since" })
      .toStream({ name: "counted-since" })
      .to(outputs.since, { name: "to-since" });
  }
  return b.build();
}

function identityOf(line: string): string {
  if (line.startsWith(BAD)) throw new Error("this line is bad");
  return line.slice(0, line.indexOf(" "));
}
