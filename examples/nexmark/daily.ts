import { serdes } from "@ottla/streams";
import type { Bid } from "./events.ts";
import { type Query, RESULTS } from "./query.ts";
import { bids } from "./topics.ts";

/** As 2015-07-15. */
export function dayOf({ dateTime }: Bid): string {
  return new Date(dateTime).toISOString().slice(0, 10);
}

/** Prices below the first, from there to below the second, and above, each counted apart. */
const PRICE_STEPS = [10_000, 1_000_000] as const;

/** Counts of bids, and of the different people and auctions among them. */
export interface Traffic {
  readonly bids: number;
  readonly bidsByPrice: readonly [low: number, middle: number, high: number];
  readonly bidders: readonly number[];
  readonly auctions: readonly number[];
}

export const NO_TRAFFIC: Traffic = { bids: 0, bidsByPrice: [0, 0, 0], bidders: [], auctions: [] };

export function withBid(traffic: Traffic, { price, bidder, auction }: Bid): Traffic {
  const [low, middle, high] = traffic.bidsByPrice;
  return {
    bids: traffic.bids + 1,
    bidsByPrice:
      price < PRICE_STEPS[0] ? [low + 1, middle, high] : price < PRICE_STEPS[1] ? [low, middle + 1, high] : [low, middle, high + 1],
    bidders: including(traffic.bidders, bidder),
    auctions: including(traffic.auctions, auction),
  };
}

function including(ids: readonly number[], id: number): readonly number[] {
  return ids.includes(id) ? ids : [...ids, id];
}

export const q15: Query<string, Traffic> = {
  asks: "How many bids, bidders and auctions are there each day?",
  reads: ["bid"],
  key: serdes.string,
  value: serdes.json<Traffic>(),
  result: "table",
  build: (b) =>
    bids(b)
      .groupBy(dayOf, { key: serdes.string, name: "by-day" })
      .aggregate(() => NO_TRAFFIC, withBid, { value: serdes.json<Traffic>(), store: "days" })
      .toStream()
      .to(RESULTS),
};

export const q16: Query<string, Traffic> = {
  asks: "The same by channel",
  reads: ["bid"],
  key: serdes.string,
  value: serdes.json<Traffic>(),
  result: "table",
  build: (b) =>
    bids(b)
      .groupBy((bid) => `${bid.channel} ${dayOf(bid)}`, { key: serdes.string, name: "by-channel-and-day" })
      .aggregate(() => NO_TRAFFIC, withBid, { value: serdes.json<Traffic>(), store: "channels" })
      .toStream()
      .to(RESULTS),
};

export interface Prices {
  readonly bids: number;
  readonly bidsByPrice: Traffic["bidsByPrice"];
  readonly least: number;
  readonly most: number;
  readonly sum: number;
}

export const q17: Query<string, Prices> = {
  asks: "What is bid on each auction each day?",
  reads: ["bid"],
  key: serdes.string,
  value: serdes.json<Prices>(),
  result: "table",
  build: (b) =>
    bids(b)
      .groupBy((bid) => `${bid.auction} ${dayOf(bid)}`, { key: serdes.string, name: "by-auction-and-day" })
      .aggregate<Prices>(
        () => ({ bids: 0, bidsByPrice: [0, 0, 0], least: Number.MAX_SAFE_INTEGER, most: 0, sum: 0 }),
        (prices, bid) => ({
          bids: prices.bids + 1,
          bidsByPrice: withBid({ ...NO_TRAFFIC, bidsByPrice: prices.bidsByPrice }, bid).bidsByPrice,
          least: Math.min(prices.least, bid.price),
          most: Math.max(prices.most, bid.price),
          sum: prices.sum + bid.price,
        }),
        { value: serdes.json<Prices>(), store: "prices" },
      )
      .toStream()
      .to(RESULTS),
};
