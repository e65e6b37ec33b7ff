import { serdes } from "@ottla/streams";
import type { Auction, Bid } from "./events.ts";
import { type Query, RESULTS } from "./query.ts";
import { auctions, auctionTable, bids, personTable } from "./topics.ts";

const NEAR_STATES = new Set(["OR", "ID", "CA"]);
const CATEGORY = 10;

export interface LocalOffer {
  readonly name: string;
  readonly city: string;
  readonly state: string;
  readonly auction: number;
}

export const q3: Query<number, LocalOffer> = {
  asks: "Who offers something of category 10 in the states nearby? A seller is known before he offers.",
  reads: ["person", "auction"],
  key: serdes.long,
  value: serdes.json<LocalOffer>(),
  result: "stream",
  build(b) {
    const nearby = personTable(b).filter(({ state }) => NEAR_STATES.has(state));
    auctions(b)
      .filter(({ category }) => category === CATEGORY)
      .selectKey(({ seller }) => seller, { key: serdes.long, name: "by-seller" })
      .join(nearby, (auction, { name, city, state }) => ({ name, city, state, auction: auction.id }))
      .to(RESULTS, { value: serdes.json<LocalOffer>() });
  },
};

export interface BidOnAuction {
  readonly auction: number;
  readonly bidder: number;
  readonly price: number;
  readonly itemName: string;
  readonly seller: number;
}

export const q20: Query<number, BidOnAuction> = {
  asks: "Which bids are for something of category 10, and for what?",
  reads: ["auction", "bid"],
  key: serdes.long,
  value: serdes.json<BidOnAuction>(),
  result: "stream",
  build(b) {
    const wanted = auctionTable(b).filter(({ category }) => category === CATEGORY);
    bids(b)
      .join(wanted, ({ auction, bidder, price }, { itemName, seller }) => ({ auction, bidder, price, itemName, seller }))
      .to(RESULTS, { value: serdes.json<BidOnAuction>() });
  },
};

/** An auction with the highest bid that came in time. */
export interface Won {
  readonly auction: Auction;
  readonly bid: Bid;
}

/** The first of the highest wins. */
export function better(one: Won, other: Won): Won {
  return other.bid.price > one.bid.price ? other : one;
}

export function isInTime({ auction, bid }: Won): boolean {
  return bid.dateTime >= auction.dateTime && bid.dateTime <= auction.expires;
}

/** Each auction with its best bid so far. */
function winning(b: Parameters<Query<number, Won>["build"]>[0]) {
  return bids(b)
    .join(auctionTable(b), (bid, auction): Won => ({ auction, bid }))
    .filter(isInTime)
    .groupByKey({ value: serdes.json<Won>() })
    .reduce(better, { store: "winning" });
}

export const q9: Query<number, Won> = {
  asks: "Which bid wins each auction?",
  reads: ["auction", "bid"],
  key: serdes.long,
  value: serdes.json<Won>(),
  result: "table",
  build: (b) => winning(b).toStream().to(RESULTS),
};

/** What an average is made of. */
export interface Average {
  readonly sum: number;
  readonly count: number;
}

export const q4: Query<number, Average> = {
  asks: "For how much do things go in each category, on average?",
  reads: ["auction", "bid"],
  key: serdes.long,
  value: serdes.json<Average>(),
  result: "table",
  build: (b) =>
    winning(b)
      .groupBy(({ auction, bid }) => [auction.category, bid.price], { key: serdes.long, value: serdes.long, name: "by-category" })
      .aggregate<Average>(
        {
          init: () => ({ sum: 0, count: 0 }),
          add: ({ sum, count }, price) => ({ sum: sum + price, count: count + 1 }),
          subtract: ({ sum, count }, price) => ({ sum: sum - price, count: count - 1 }),
        },
        { value: serdes.json<Average>(), store: "prices" },
      )
      .toStream()
      .to(RESULTS),
};

const LAST_SALES = 10;

/** What an auction brought, and when it ended. */
export interface Sale {
  readonly auction: number;
  readonly expires: number;
  readonly price: number;
}

/** The average of the ten that ended last. */
export function averageOfLast(sales: readonly Sale[]): number {
  const last = sales.toSorted((a, b) => b.expires - a.expires || b.auction - a.auction).slice(0, LAST_SALES);
  return Math.round(last.reduce((sum, { price }) => sum + price, 0) / last.length);
}

export const q6: Query<number, number> = {
  asks: "For how much did each seller's last ten things go, on average?",
  reads: ["auction", "bid"],
  key: serdes.long,
  value: serdes.long,
  result: "table",
  build: (b) =>
    winning(b)
      .groupBy(({ auction, bid }) => [auction.seller, { auction: auction.id, expires: auction.expires, price: bid.price }], {
        key: serdes.long,
        value: serdes.json<Sale>(),
        name: "by-seller",
      })
      .aggregate<readonly Sale[]>(
        {
          init: () => [],
          add: (sales, sale) => [...sales, sale],
          subtract: (sales, sale) => sales.filter(({ auction }) => auction !== sale.auction),
        },
        { value: serdes.json<readonly Sale[]>(), store: "sales" },
      )
      .mapValues(averageOfLast, { value: serdes.long })
      .toStream()
      .to(RESULTS),
};

export const q18: Query<string, Bid> = {
  asks: "What was each bidder's last bid on each auction?",
  reads: ["bid"],
  key: serdes.string,
  value: serdes.json<Bid>(),
  result: "table",
  build: (b) =>
    bids(b)
      .groupBy(({ auction, bidder }) => `${auction}/${bidder}`, { key: serdes.string, name: "by-bidder-and-auction" })
      .reduce((_, bid) => bid, { store: "last-bids" })
      .toStream()
      .to(RESULTS),
};
