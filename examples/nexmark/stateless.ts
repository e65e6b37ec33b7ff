import { serdes } from "@ottla/streams";
import type { Bid } from "./events.ts";
import { type Query, RESULTS } from "./query.ts";
import { bids, json } from "./topics.ts";

const CENTS_PER_DOLLAR_IN_EURO = 0.908;

export const q0: Query<number, Bid> = {
  asks: "What do the bids say? (What passing on costs.)",
  reads: ["bid"],
  key: serdes.long,
  value: json.bid,
  result: "stream",
  build: (b) => bids(b).to(RESULTS),
};

export const q1: Query<number, Bid> = {
  asks: "What are the prices in euros?",
  reads: ["bid"],
  key: serdes.long,
  value: json.bid,
  result: "stream",
  build: (b) =>
    bids(b)
      .mapValues((bid) => ({ ...bid, price: Math.round(bid.price * CENTS_PER_DOLLAR_IN_EURO) }), { value: json.bid })
      .to(RESULTS),
};

export interface PriceOfAuction {
  readonly auction: number;
  readonly price: number;
}

export const q2: Query<number, PriceOfAuction> = {
  asks: "What is bid for some of the auctions?",
  reads: ["bid"],
  key: serdes.long,
  value: serdes.json<PriceOfAuction>(),
  result: "stream",
  build: (b) =>
    bids(b)
      .filter((bid) => bid.auction % 123 === 0)
      .mapValues(({ auction, price }) => ({ auction, price }), { value: serdes.json<PriceOfAuction>() })
      .to(RESULTS),
};

export interface TimedBid {
  readonly auction: number;
  readonly bidder: number;
  readonly price: number;
  readonly time: "day" | "night" | "other";
  /** How often the address has the letter c. */
  readonly letters: number;
}

/** Of an hour of the day, UTC. */
export function timeOfDay(hour: number): TimedBid["time"] {
  if (hour >= 8 && hour <= 18) return "day";
  return hour <= 6 || hour >= 20 ? "night" : "other";
}

export const q14: Query<number, TimedBid> = {
  asks: "Which bids of a middle price come at which time of the day?",
  reads: ["bid"],
  key: serdes.long,
  value: serdes.json<TimedBid>(),
  result: "stream",
  build: (b) =>
    bids(b)
      .mapValues((bid) => ({ ...bid, price: bid.price * CENTS_PER_DOLLAR_IN_EURO }))
      .filter(({ price }) => price > 1_000_000 && price < 50_000_000)
      .mapValues(
        ({ auction, bidder, price, dateTime, url }) => ({
          auction,
          bidder,
          price: Math.round(price),
          time: timeOfDay(new Date(dateTime).getUTCHours()),
          letters: url.split("c").length - 1,
        }),
        { value: serdes.json<TimedBid>() },
      )
      .to(RESULTS),
};

export interface ChannelOfBid {
  readonly auction: number;
  readonly bidder: number;
  readonly channelId: string;
}

const CHANNEL_IDS: Readonly<Record<string, string>> = { apple: "0", google: "1", facebook: "2", baidu: "3" };

/** Of a well-known channel, or the one that its address names. */
export function channelId({ channel, url }: Bid): string | undefined {
  return CHANNEL_IDS[channel.toLowerCase()] ?? new URL(url).searchParams.get("channel_id") ?? undefined;
}

export const q21: Query<number, ChannelOfBid> = {
  asks: "By which channel did each bid come, where that can be known?",
  reads: ["bid"],
  key: serdes.long,
  value: serdes.json<ChannelOfBid>(),
  result: "stream",
  build: (b) =>
    bids(b)
      .flatMapValues(
        (bid) => {
          const id = channelId(bid);
          return id === undefined ? [] : [{ auction: bid.auction, bidder: bid.bidder, channelId: id }];
        },
        { value: serdes.json<ChannelOfBid>() },
      )
      .to(RESULTS),
};

export interface FoldersOfBid {
  readonly auction: number;
  readonly folders: readonly string[];
}

export const q22: Query<number, FoldersOfBid> = {
  asks: "In which folders are the pages that bids come from?",
  reads: ["bid"],
  key: serdes.long,
  value: serdes.json<FoldersOfBid>(),
  result: "stream",
  build: (b) =>
    bids(b)
      .mapValues(({ auction, url }) => ({ auction, folders: url.split("/").slice(3, 6) }), { value: serdes.json<FoldersOfBid>() })
      .to(RESULTS),
};
