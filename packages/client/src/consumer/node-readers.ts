import type { FetchResponse } from "@ottla/protocol/apis/fetch";
import type { Lane } from "../cluster/lane.ts";
import { FetchSession } from "./fetch-session.ts";

/** An answer with so much of what it was asked for is one of many. */
const FLOWING_SHARE = 0.5;
/** What `side` polls ends so long before the long poll of `main`, which then takes it over. */
export const TAKE_OVER_MS = 20;

/** Connections for the long polls and for what must not wait behind them. */
export interface FetchLanes {
  readonly main: Lane;
  readonly side: Lane;
}

/** One request on the way to one broker at a time. */
export interface NodeReader {
  readonly nodeId: number;
  readonly lane: Lane;
  /** Undefined: every request stands for itself. */
  session: FetchSession | undefined;
  /** Sessions do not mix names and ids. */
  usesIds: boolean;
  isBusy: boolean;
  /** What its answer on the way may bring, of the {@link FetchBudget}. */
  askedBytes: number;
  /** When its long poll ends at the latest, as far as the broker is in time (monotonic ms). */
  pollEndMs: number;
  /** Answers in a row that came early and brought nothing. */
  vainAnswers: number;
}

/** Reads from one broker. `main` polls all that can be fetched, in a session. While it waits, `side` serves partitions that it does not cover. */
export interface NodeReaders {
  readonly main: NodeReader;
  readonly side: NodeReader;
  /** The last answer was filled well: more is there to be read. */
  isFlowing: boolean;
}

export function makeNodeReaders(nodeId: number, lanes: FetchLanes): NodeReaders {
  const idle = { nodeId, usesIds: false, isBusy: false, askedBytes: 0, pollEndMs: 0, vainAnswers: 0 };
  return {
    main: { ...idle, lane: lanes.main, session: new FetchSession() },
    side: { ...idle, lane: lanes.side, session: undefined },
    isFlowing: false,
  };
}

/** An answer that brought much of what it might have. */
export function isFilled({ responses }: FetchResponse, askedBytes: number): boolean {
  let bytes = 0;
  for (const { partitions } of responses) for (const { records } of partitions) bytes += records?.length ?? 0;
  return bytes >= askedBytes * FLOWING_SHARE;
}

/** Nothing is flowing, and `main` is about to come back and poll for all. */
export function isTakenOver({ main, isFlowing }: NodeReaders, now: number): boolean {
  const leftMs = main.pollEndMs - now;
  return !isFlowing && leftMs > 0 && leftMs <= TAKE_OVER_MS;
}

/** How long a poll may last: one of `side` ends before that of `main`, so that one poll for all takes the place of both. */
export function pollMs(reader: NodeReader, { main, isFlowing }: NodeReaders, fetchMaxWaitMs: number, now: number): number {
  const leftMs = main.pollEndMs - TAKE_OVER_MS - now;
  return reader === main || isFlowing || leftMs <= 0 ? fetchMaxWaitMs : Math.min(fetchMaxWaitMs, Math.ceil(leftMs));
}
