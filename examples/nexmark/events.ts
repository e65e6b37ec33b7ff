/** Someone who sells and bids. */
export interface Person {
  readonly kind: "person";
  readonly id: number;
  readonly name: string;
  readonly emailAddress: string;
  readonly creditCard: string;
  readonly city: string;
  readonly state: string;
  /** In ms since the epoch. */
  readonly dateTime: number;
}

/** A thing that a person offers until `expires`. */
export interface Auction {
  readonly kind: "auction";
  readonly id: number;
  readonly itemName: string;
  readonly description: string;
  /** In cents, as all prices. */
  readonly initialBid: number;
  readonly reserve: number;
  readonly dateTime: number;
  readonly expires: number;
  /** A person's id. */
  readonly seller: number;
  readonly category: number;
}

export interface Bid {
  readonly kind: "bid";
  /** An auction's id. */
  readonly auction: number;
  /** A person's id. */
  readonly bidder: number;
  readonly price: number;
  readonly channel: string;
  readonly url: string;
  readonly dateTime: number;
}

export type NexmarkEvent = Person | Auction | Bid;
