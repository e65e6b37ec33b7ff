import { serdes } from "@ottla/streams";
import type { Bid } from "./events.ts";
import { type Query, RESULTS } from "./query.ts";
import { bids, json } from "./topics.ts";

const BEST = 10;

/** The ten highest with one more, the highest first; of equal ones the earlier. */
export function withBid(best: readonly Bid[], bid: Bid): readonly Bid[] {
  const above = best.findLastIndex(({ price }) => price >= bid.price) + 1;
  return above >= BEST ? best : best.toSpliced(above, 0, bid).slice(0, BEST);
}

export const q19: Query<string, Bid> = {
  asks: "What are the ten highest bids on each auction? By auction and rank.",
  reads: ["bid"],
  key: serdes.string,
  value: json.bid,
  result: "table",
  build: (b) =>
    bids(b)
      .groupByKey()
      .aggregate<readonly Bid[]>(() => [], withBid, { value: serdes.json<readonly Bid[]>(), store: "best-bids" })
      .toStream()
      // Ranks are only ever taken over, so none has to be deleted.
      .flatMap((best, auction) => best.map((bid, rank) => [`${auction}/${rank + 1}`, bid] as const))
      .to(RESULTS, { key: serdes.string, value: json.bid }),
};
