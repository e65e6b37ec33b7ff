import type { Auction, Bid, NexmarkEvent, Person } from "./events.ts";
import { dayOf, NO_TRAFFIC, withBid } from "./daily.ts";
import { better, isInTime, type Won } from "./joins.ts";
import { channelId, timeOfDay } from "./stateless.ts";

/** Key and value of a result. A table's are those of each key in the end. */
export type Result = readonly [key: unknown, value: unknown];

const bidsOf = (events: readonly NexmarkEvent[]): Bid[] => events.filter((event) => event.kind === "bid");

/** The answers by plain loops over the events, which know nothing of streams. */
export const expected: Readonly<Record<string, (events: readonly NexmarkEvent[]) => readonly Result[]>> = {
  q0: (events) => bidsOf(events).map((bid) => [bid.auction, bid]),
  q1: (events) => bidsOf(events).map((bid) => [bid.auction, { ...bid, price: Math.round(bid.price * 0.908) }]),
  q2: (events) =>
    bidsOf(events)
      .filter(({ auction }) => auction % 123 === 0)
      .map(({ auction, price }) => [auction, { auction, price }]),
  q3(events) {
    const known = new Map<number, Person>();
    const results: Result[] = [];
    for (const event of events) {
      if (event.kind === "person" && ["OR", "ID", "CA"].includes(event.state)) known.set(event.id, event);
      const seller = event.kind === "auction" && event.category === 10 ? known.get(event.seller) : undefined;
      if (seller) results.push([seller.id, { name: seller.name, city: seller.city, state: seller.state, auction: (event as Auction).id }]);
    }
    return results;
  },
  q4(events) {
    const averages = new Map<number, { sum: number; count: number }>();
    for (const { auction, bid } of winners(events).values()) {
      const { sum, count } = averages.get(auction.category) ?? { sum: 0, count: 0 };
      averages.set(auction.category, { sum: sum + bid.price, count: count + 1 });
    }
    return [...averages];
  },
  q9: (events) => [...winners(events)],
  q14: (events) =>
    bidsOf(events)
      .filter(({ price }) => price * 0.908 > 1_000_000 && price * 0.908 < 50_000_000)
      .map(({ auction, bidder, price, dateTime, url }) => [
        auction,
        {
          auction,
          bidder,
          price: Math.round(price * 0.908),
          time: timeOfDay(new Date(dateTime).getUTCHours()),
          letters: Array.from(url).filter((letter) => letter === "c").length,
        },
      ]),
  q15: (events) => folded(bidsOf(events), dayOf, () => NO_TRAFFIC, withBid),
  q16: (events) =>
    folded(
      bidsOf(events),
      (bid) => `${bid.channel} ${dayOf(bid)}`,
      () => NO_TRAFFIC,
      withBid,
    ),
  q17: (events) =>
    grouped(bidsOf(events), (bid) => `${bid.auction} ${dayOf(bid)}`).map(([key, group]) => {
      const prices = group.map(({ price }) => price);
      return [
        key,
        {
          bids: group.length,
          bidsByPrice: [
            prices.filter((price) => price < 10_000).length,
            prices.filter((price) => price >= 10_000 && price < 1_000_000).length,
            prices.filter((price) => price >= 1_000_000).length,
          ],
          least: Math.min(...prices),
          most: Math.max(...prices),
          sum: prices.reduce((sum, price) => sum + price, 0),
        },
      ];
    }),
  q18: (events) => [...new Map(bidsOf(events).map((bid) => [`${bid.auction}/${bid.bidder}`, bid]))],
  q20(events) {
    const known = new Map<number, Auction>();
    const results: Result[] = [];
    for (const event of events) {
      if (event.kind === "auction" && event.category === 10) known.set(event.id, event);
      const auction = event.kind === "bid" ? known.get(event.auction) : undefined;
      if (!auction) continue;
      const { bidder, price } = event as Bid;
      results.push([auction.id, { auction: auction.id, bidder, price, itemName: auction.itemName, seller: auction.seller }]);
    }
    return results;
  },
  q21: (events) =>
    bidsOf(events).flatMap((bid): Result[] => {
      const id = channelId(bid);
      return id === undefined ? [] : [[bid.auction, { auction: bid.auction, bidder: bid.bidder, channelId: id }]];
    }),
  q22: (events) => bidsOf(events).map(({ auction, url }) => [auction, { auction, folders: url.split("/").slice(3, 6) }]),
};

/** The best bid in time of each auction, among those that come after it. */
function winners(events: readonly NexmarkEvent[]): Map<number, Won> {
  const known = new Map<number, Auction>();
  const winning = new Map<number, Won>();
  for (const event of events) {
    if (event.kind === "auction") known.set(event.id, event);
    const auction = event.kind === "bid" ? known.get(event.auction) : undefined;
    if (!auction) continue;
    const won: Won = { auction, bid: event as Bid };
    const before = winning.get(auction.id);
    if (isInTime(won)) winning.set(auction.id, before ? better(before, won) : won);
  }
  return winning;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups];
}

function folded<T, A>(items: readonly T[], keyOf: (item: T) => string, init: () => A, add: (sum: A, item: T) => A): Result[] {
  return grouped(items, keyOf).map(([key, group]) => [key, group.reduce(add, init())]);
}
