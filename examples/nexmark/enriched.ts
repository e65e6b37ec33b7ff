import { serdes } from "@ottla/streams";
import type { Auction, Bid, Person } from "./events.ts";
import { type Query, RESULTS } from "./query.ts";
import { auctions, bids, json, personTable } from "./topics.ts";

/** How many entries the side input of q13 has. */
export const SIDE_ENTRIES = 10_000;
const SIDE_INPUT = "side-input";

/** A bid with what the side input says of its auction. */
export interface LabelledBid {
  readonly auction: number;
  readonly bidder: number;
  readonly price: number;
  readonly dateTime: number;
  readonly label: string;
}

export const q13: Query<number, LabelledBid> = {
  asks: "What does a small table, which each instance has whole, say of each bid's auction?",
  reads: ["bid"],
  key: serdes.long,
  value: serdes.json<LabelledBid>(),
  result: "stream",
  *loads() {
    for (let id = 0; id < SIDE_ENTRIES; id++) {
      const value = serdes.string.serialize(SIDE_INPUT, labelOf(id), []);
      yield { topic: SIDE_INPUT, key: serdes.long.serialize(SIDE_INPUT, id, []), value, timestamp: 0 };
    }
  },
  build(b) {
    const side = b.globalTable(SIDE_INPUT, { key: serdes.long, value: serdes.string, store: SIDE_INPUT });
    bids(b)
      .joinGlobal(
        side,
        ({ auction }) => auction % SIDE_ENTRIES,
        ({ auction, bidder, price, dateTime }, label): LabelledBid => ({ auction, bidder, price, dateTime, label }),
      )
      .to(RESULTS, { value: serdes.json<LabelledBid>() });
  },
};

export function labelOf(id: number): string {
  return `side ${id}`;
}

/** A bid with its bidder, who has something on offer, and one of those things. */
export interface SellersBid {
  readonly bid: Bid;
  readonly person: Person;
  readonly auction: Auction;
}

export const q23: Query<number, SellersBid> = {
  asks: "Which bids come from somebody who sells, and what does he sell? Persons and auctions are known before the bid.",
  reads: ["person", "auction", "bid"],
  key: serdes.long,
  value: serdes.json<SellersBid>(),
  result: "stream",
  build(b) {
    const offers = auctions(b)
      .groupBy(({ seller }) => seller, { key: serdes.long, name: "by-seller" })
      .aggregate<readonly Auction[]>(
        () => [],
        (all, auction) => [...all, auction],
        { value: serdes.json<readonly Auction[]>(), store: "offers" },
      );
    bids(b)
      .selectKey(({ bidder }) => bidder, { key: serdes.long })
      .repartition({ name: "by-bidder" })
      .join(personTable(b), (bid, person) => ({ bid, person }))
      .join(offers, ({ bid, person }, all) => all.map((auction): SellersBid => ({ bid, person, auction })), {
        value: serdes.json<{ readonly bid: Bid; readonly person: Person }>(),
      })
      .flatMapValues((all) => all)
      .to(RESULTS, { value: serdes.json<SellersBid>() });
  },
};

export const q10: Query<string, Bid> = {
  asks: "Which bids came in each minute? By day and minute, for whoever writes a file of each.",
  reads: ["bid"],
  key: serdes.string,
  value: json.bid,
  result: "stream",
  build: (b) =>
    bids(b)
      .selectKey(({ dateTime }) => minuteOf(dateTime), { key: serdes.string })
      .to(RESULTS),
};

/** `2015-07-15/00:01`, in UTC. */
export function minuteOf(dateTime: number): string {
  return new Date(dateTime).toISOString().slice(0, 16).replace("T", "/");
}
