import { type KStream, type KTable, type StreamsBuilder, serdes } from "@ottla/streams";
import type { Auction, Bid, NexmarkEvent, Person } from "./events.ts";

/** Where the events are: a topic for each kind, with the time of the event as the time of the record. */
export const topics = { person: "persons", auction: "auctions", bid: "bids" } as const;

export const json = {
  event: serdes.json<NexmarkEvent>(),
  person: serdes.json<Person>(),
  auction: serdes.json<Auction>(),
  bid: serdes.json<Bid>(),
};

/** Persons and auctions by their id, bids by that of their auction: so bids and auctions lie in the same partitions. */
export function keyOf(event: NexmarkEvent): number {
  return event.kind === "bid" ? event.auction : event.id;
}

export function bids(b: StreamsBuilder): KStream<number, Bid> {
  return b.stream(topics.bid, { key: serdes.long, value: json.bid });
}

export function auctions(b: StreamsBuilder): KStream<number, Auction> {
  return b.stream(topics.auction, { key: serdes.long, value: json.auction });
}

export function auctionTable(b: StreamsBuilder): KTable<number, Auction> {
  return b.table(topics.auction, { key: serdes.long, value: json.auction, store: "auctions" });
}

export function persons(b: StreamsBuilder): KStream<number, Person> {
  return b.stream(topics.person, { key: serdes.long, value: json.person });
}

export function personTable(b: StreamsBuilder): KTable<number, Person> {
  return b.table(topics.person, { key: serdes.long, value: json.person, store: "persons" });
}
