import { EventRandom } from "./event-random.ts";
import type { Auction, Bid, NexmarkEvent, Person } from "./events.ts";

/** Of fifty events the first is a person, three are auctions, and the rest bids. */
const PERSONS_PER_EPOCH = 1;
const AUCTIONS_PER_EPOCH = 3;
const EVENTS_PER_EPOCH = 50;

const FIRST_ID = 1000;
const FIRST_CATEGORY = 10;
const CATEGORIES = 5;
/** So many of the newest people sell and bid. */
const ACTIVE_PERSONS = 1000;
/** So many auctions are open at a time, about. */
const OPEN_AUCTIONS = 100;
/** Ids somewhat beyond the newest occur too: their event is still to come. */
const ID_LEAD = 10;
/** One in so many does not go to what everybody wants. */
const HOT_AUCTION_RATIO = 2;
const HOT_PERSON_RATIO = 4;
/** Among so many that follow each other one is wanted by everybody. */
const HOT_EVERY = 100;

const STATES = ["AZ", "CA", "ID", "OR", "WA", "WY"];
const CITIES = ["Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle", "Kent", "Cheyenne"];
const FIRST_NAMES = ["Ada", "Ben", "Cleo", "Dina", "Emil", "Fay", "Gus", "Hanna", "Ivo", "Jo", "Kira"];
const LAST_NAMES = ["Abel", "Brandt", "Costa", "Duval", "Eriksen", "Fuchs", "Gomez", "Hart", "Ito"];
const HOT_CHANNELS = ["Google", "Facebook", "Baidu", "Apple"];
const CHANNELS = 10_000;

export interface NexmarkOptions {
  /** The time of the first event, in ms since the epoch. */
  readonly startMs: number;
  readonly eventsPerSecond: number;
  readonly seed: number;
}

/** 2015-07-15T00:00:00Z, and ten thousand events a second. */
export const DEFAULTS: NexmarkOptions = { startMs: 1_436_918_400_000, eventsPerSecond: 10_000, seed: 1 };

/**
 * The events of an auction house, as the Nexmark benchmark has them: event `n` is the same in every run and can be made without those before it.
 * Source: the Nexmark suite's description of its generator (proportions 1 : 3 : 46, hot sellers, auctions and bidders); names, words and chance are our own.
 */
export class NexmarkGenerator {
  readonly #options: NexmarkOptions;

  constructor(options: Partial<NexmarkOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /** Event `n`, from 0. */
  event(n: number): NexmarkEvent {
    const random = new EventRandom(Math.imul(n, 0x9e3779b1) ^ this.#options.seed);
    const place = n % EVENTS_PER_EPOCH;
    if (place < PERSONS_PER_EPOCH) return this.#person(n, random);
    if (place < PERSONS_PER_EPOCH + AUCTIONS_PER_EPOCH) return this.#auction(n, random);
    return this.#bid(n, random);
  }

  *events(count: number, from = 0): IterableIterator<NexmarkEvent> {
    for (let n = from; n < from + count; n++) yield this.event(n);
  }

  /** In ms since the epoch. */
  timeOf(n: number): number {
    return this.#options.startMs + Math.floor((n * 1000) / this.#options.eventsPerSecond);
  }

  #person(n: number, random: EventRandom): Person {
    const name = `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`;
    return {
      kind: "person",
      id: FIRST_ID + lastPerson(n),
      name,
      emailAddress: `${random.letters(3, 7)}@${random.letters(3, 5)}.com`,
      creditCard: Array.from({ length: 4 }, () => String(random.below(10_000)).padStart(4, "0")).join(" "),
      city: random.pick(CITIES),
      state: random.pick(STATES),
      dateTime: this.timeOf(n),
    };
  }

  #auction(n: number, random: EventRandom): Auction {
    const dateTime = this.timeOf(n);
    const initialBid = random.price();
    const horizonMs = this.timeOf(n + (OPEN_AUCTIONS * EVENTS_PER_EPOCH) / AUCTIONS_PER_EPOCH) - dateTime;
    return {
      kind: "auction",
      id: FIRST_ID + lastAuction(n),
      itemName: random.letters(4, 20),
      description: random.letters(10, 100),
      initialBid,
      reserve: initialBid + random.price(),
      dateTime,
      expires: dateTime + 1 + random.below(Math.max(1, 2 * horizonMs)),
      seller: FIRST_ID + (random.below(HOT_PERSON_RATIO) > 0 ? hot(lastPerson(n)) : anyPerson(n, random)),
      category: FIRST_CATEGORY + random.below(CATEGORIES),
    };
  }

  #bid(n: number, random: EventRandom): Bid {
    const channel = random.below(2) > 0 ? random.pick(HOT_CHANNELS) : `channel-${random.below(CHANNELS)}`;
    return {
      kind: "bid",
      auction: FIRST_ID + (random.below(HOT_AUCTION_RATIO) > 0 ? hot(lastAuction(n)) : anyAuction(n, random)),
      // Not the hottest seller: who bids for his own auction is rare.
      bidder: FIRST_ID + (random.below(HOT_PERSON_RATIO) > 0 ? hot(lastPerson(n)) + 1 : anyPerson(n, random)),
      price: random.price(),
      channel,
      url: urlOf(channel, random),
      dateTime: this.timeOf(n),
    };
  }
}

function urlOf(channel: string, random: EventRandom): string {
  const path = `https://www.nexmark.example/${random.letters(5, 5)}/${random.letters(5, 5)}/${random.letters(5, 5)}/item.htm?query=1`;
  return channel.startsWith("channel-") && random.below(10) > 0 ? `${path}&channel_id=${channel.slice("channel-".length)}` : path;
}

function hot(last: number): number {
  return Math.floor(last / HOT_EVERY) * HOT_EVERY;
}

/** The number of the newest person when event `n` comes, from 0. */
function lastPerson(n: number): number {
  return Math.floor(n / EVENTS_PER_EPOCH) * PERSONS_PER_EPOCH;
}

function lastAuction(n: number): number {
  const place = n % EVENTS_PER_EPOCH;
  const before = Math.floor(n / EVENTS_PER_EPOCH) * AUCTIONS_PER_EPOCH;
  const here = Math.min(place - PERSONS_PER_EPOCH + 1, AUCTIONS_PER_EPOCH);
  return Math.max(0, before + Math.max(0, here) - 1);
}

function anyPerson(n: number, random: EventRandom): number {
  const count = lastPerson(n) + 1;
  const active = Math.min(count, ACTIVE_PERSONS);
  return count - active + random.below(active + ID_LEAD);
}

function anyAuction(n: number, random: EventRandom): number {
  const last = lastAuction(n);
  const oldest = Math.max(last - OPEN_AUCTIONS, 0);
  return oldest + random.below(last - oldest + 1 + ID_LEAD);
}
