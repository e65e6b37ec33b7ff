import { dayOf, NO_TRAFFIC, withBid } from "./daily.ts";
import { labelOf, minuteOf, SIDE_ENTRIES } from "./enriched.ts";
import type { Auction, Bid, NexmarkEvent, Person } from "./events.ts";
import { averageOfLast, better, isInTime, type Won } from "./joins.ts";
import { channelId, timeOfDay } from "./stateless.ts";
import { type Counts, GAP_MS, HOP_MS, hottestOf, SIZE_MS, startOf } from "./windows.ts";

/** How far the clock of those that ask it goes on from one bid to the next. */
export const TICK_MS = 7;

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
  q5(events) {
    const counts = new Map<number, Record<string, number>>();
    for (const { auction, dateTime } of bidsOf(events)) {
      const last = dateTime - (dateTime % HOP_MS);
      for (let startMs = last; startMs > dateTime - SIZE_MS; startMs -= HOP_MS) {
        const window = counts.get(startMs) ?? {};
        counts.set(startMs, { ...window, [auction]: (window[auction] ?? 0) + 1 });
      }
    }
    return [...counts].map(([startMs, window]: [number, Counts]) => [startMs, hottestOf(window)]);
  },
  q6(events) {
    const sales = grouped([...winners(events).values()], ({ auction }) => String(auction.seller));
    return sales.map(([seller, won]) => [
      Number(seller),
      averageOfLast(won.map(({ auction, bid }) => ({ auction: auction.id, expires: auction.expires, price: bid.price }))),
    ]);
  },
  q7: (events) =>
    grouped(bidsOf(events), ({ dateTime }) => String(startOf(dateTime))).map(([start, group]) => [
      { key: 0, window: { startMs: Number(start), endMs: Number(start) + SIZE_MS } },
      group.reduce((one, other) => (other.price > one.price ? other : one)),
    ]),
  q8(events) {
    const came = new Map(
      events.flatMap((event) => (event.kind === "person" ? [[`${event.id} ${startOf(event.dateTime)}`, event] as const] : [])),
    );
    const sellers = new Set(events.flatMap((event) => (event.kind === "auction" ? [`${event.seller} ${startOf(event.dateTime)}`] : [])));
    return [...came].flatMap(([key, { id, name, dateTime }]): Result[] =>
      sellers.has(key) ? [[key, { id, name, startMs: startOf(dateTime) }]] : [],
    );
  },
  q9: (events) => [...winners(events)],
  q10: (events) => bidsOf(events).map((bid) => [minuteOf(bid.dateTime), bid]),
  q11: (events) =>
    grouped(bidsOf(events), ({ bidder }) => String(bidder)).flatMap(([bidder, group]) => {
      const sessions: { startMs: number; endMs: number; count: number }[] = [];
      for (const { dateTime } of group) {
        const open = sessions.at(-1);
        if (open && dateTime - open.endMs <= GAP_MS) Object.assign(open, { endMs: dateTime, count: open.count + 1 });
        else sessions.push({ startMs: dateTime, endMs: dateTime, count: 1 });
      }
      return sessions.map(({ count, ...window }): Result => [{ key: Number(bidder), window }, count]);
    }),
  /** Read by a clock that goes on by {@link TICK_MS} with each bid. */
  q12(events) {
    const counts = new Map<string, number>();
    for (const [index, { bidder }] of bidsOf(events).entries()) {
      const key = JSON.stringify([bidder, startOf(index * TICK_MS)]);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return [...counts].map(([key, count]) => {
      const [bidder, startMs] = JSON.parse(key) as [number, number];
      return [{ key: bidder, window: { startMs, endMs: startMs + SIZE_MS } }, count];
    });
  },
  q13: (events) =>
    bidsOf(events).map(({ auction, bidder, price, dateTime }) => [
      auction,
      { auction, bidder, price, dateTime, label: labelOf(auction % SIDE_ENTRIES) },
    ]),
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
  q19: (events) =>
    grouped(bidsOf(events), ({ auction }) => String(auction)).flatMap(([auction, group]) =>
      group
        .toSorted((a, b) => b.price - a.price)
        .slice(0, 10)
        .map((bid, rank): Result => [`${auction}/${rank + 1}`, bid]),
    ),
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
  q23(events) {
    const persons = new Map<number, Person>();
    const offers = new Map<number, Auction[]>();
    const results: Result[] = [];
    for (const event of events) {
      if (event.kind === "person") persons.set(event.id, event);
      else if (event.kind === "auction") offers.set(event.seller, [...(offers.get(event.seller) ?? []), event]);
      else {
        const person = persons.get(event.bidder);
        if (person) for (const auction of offers.get(event.bidder) ?? []) results.push([event.bidder, { bid: event, person, auction }]);
      }
    }
    return results;
  },
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
