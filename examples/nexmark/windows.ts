import { hopping, serdes, session, tumbling, type Windowed } from "@ottla/streams";
import type { Bid } from "./events.ts";
import { type Query, RESULTS } from "./query.ts";
import { auctions, bids, json, persons, topics } from "./topics.ts";

export const SIZE_MS = 10_000;
export const HOP_MS = 2000;

/** How many bids each auction got. */
export type Counts = Readonly<Record<string, number>>;

/** The auctions with the most bids, in the order of their ids. */
export interface Hottest {
  readonly bids: number;
  readonly auctions: readonly number[];
}

export function hottestOf(counts: Counts): Hottest {
  const bids = Math.max(0, ...Object.values(counts));
  const auctions = Object.entries(counts).flatMap(([auction, count]) => (count === bids ? [Number(auction)] : []));
  return { bids, auctions: auctions.sort((a, b) => a - b) };
}

export const q5: Query<number, Hottest> = {
  asks: "Which auctions had the most bids in the last ten seconds, every two seconds? By the window's start.",
  reads: ["bid"],
  key: serdes.long,
  value: serdes.json<Hottest>(),
  result: "table",
  build: (b) =>
    bids(b)
      .groupByKey()
      .windowedBy(hopping({ sizeMs: SIZE_MS, advanceMs: HOP_MS, graceMs: 0 }))
      .count({ store: "bids-by-auction" })
      .groupBy((count, { key, window }) => [window.startMs, { auction: key, count }], {
        key: serdes.long,
        value: serdes.json<{ auction: number; count: number }>(),
        name: "by-window",
      })
      .aggregate<Counts>(
        {
          init: () => ({}),
          add: (counts, { auction, count }) => ({ ...counts, [auction]: count }),
          subtract: (counts, { auction }) => without(counts, auction),
        },
        { value: serdes.json<Counts>(), store: "counts-by-window" },
      )
      .mapValues(hottestOf, { value: serdes.json<Hottest>() })
      .toStream()
      .to(RESULTS),
};

function without(counts: Counts, auction: number): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([id]) => Number(id) !== auction));
}

export const q7: Query<Windowed<number>, Bid> = {
  asks: "Which was the highest bid of each ten seconds?",
  reads: ["bid"],
  key: serdes.timeWindowed(serdes.long, SIZE_MS),
  value: json.bid,
  result: "table",
  build: (b) =>
    bids(b)
      .groupBy(() => 0, { key: serdes.long, name: "all" })
      .windowedBy(tumbling({ sizeMs: SIZE_MS, graceMs: 0 }))
      .reduce((one, other) => (other.price > one.price ? other : one), { store: "highest" })
      .toStream()
      .to(RESULTS),
};

export interface NewSeller {
  readonly id: number;
  readonly name: string;
  readonly startMs: number;
}

/** Of the ten seconds that a time is in. */
export function startOf(timeMs: number): number {
  return timeMs - (timeMs % SIZE_MS);
}

export const q8: Query<string, NewSeller> = {
  asks: "Who came and offered something within the same ten seconds?",
  reads: ["person", "auction"],
  key: serdes.string,
  value: serdes.json<NewSeller>(),
  result: "table",
  build(b) {
    const came = persons(b)
      .selectKey(({ id, dateTime }) => `${id} ${startOf(dateTime)}`, { key: serdes.string, name: "person-by-window" })
      .toTable({ store: "came", name: "came-by-window" });
    auctions(b)
      .groupBy(({ seller, dateTime }) => `${seller} ${startOf(dateTime)}`, { key: serdes.string, name: "seller-by-window" })
      .reduce((first) => first, { store: "offered" })
      .join(came, ({ dateTime }, { id, name }): NewSeller => ({ id, name, startMs: startOf(dateTime) }), {
        value: serdes.json<NewSeller>(),
        store: "new-sellers",
      })
      .toStream()
      .to(RESULTS);
  },
};

export const GAP_MS = 1000;

export const q11: Query<Windowed<number>, number> = {
  asks: "How many bids does a bidder make before a pause?",
  reads: ["bid"],
  key: serdes.sessionWindowed(serdes.long),
  value: serdes.long,
  result: "table",
  build: (b) =>
    bids(b)
      .groupBy(({ bidder }) => bidder, { key: serdes.long, name: "by-bidder" })
      .windowedBy(session({ gapMs: GAP_MS, graceMs: 0 }))
      .count({ store: "sessions" })
      .toStream()
      .to(RESULTS),
};

/** By the clock of the machine that reads, which is given: `Date.now`, or a test's. */
export function q12(now: () => number): Query<Windowed<number>, number> {
  return {
    asks: "How many bids of each bidder are read in each ten seconds, whenever they were made?",
    reads: ["bid"],
    key: serdes.timeWindowed(serdes.long, SIZE_MS),
    value: serdes.long,
    result: "table",
    build: (b) =>
      b
        .stream(topics.bid, { key: serdes.long, value: json.bid, timestamp: now })
        .groupBy(({ bidder }) => bidder, { key: serdes.long, name: "by-bidder" })
        .windowedBy(tumbling({ sizeMs: SIZE_MS, graceMs: 0 }))
        .count({ store: "bids-by-bidder" })
        .toStream()
        .to(RESULTS),
  };
}
