import type { Clock } from "@ottla/base";
import type { ApplicationQueries } from "../application-queries.ts";
import type { LiveEvent } from "../live/live-view.ts";
import { APPLICATION_HEADER } from "../wire.ts";
import { toJson } from "./json-values.ts";

/** Events of another instance that wait; it is not read on meanwhile, so that it skips what is over by then. */
const WAITING_MAX = 64;
const RETRY_MS = 500;
/** Among the events of another instance: it watches partitions from here on. */
const BEGAN = "";
const EVENT_BYTES_MAX = 8 * 1024 * 1024;

/** How the views of several instances become one. */
export interface JoinedViewsOptions {
  readonly queries: ApplicationQueries;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Of the view of one instance alone. */
  readonly path: string;
  /** Others are not asked: this view is part of another one. */
  readonly isHereOnly: boolean;
}

/**
 * A live view as Server-Sent Events, with those of the instances that have the partitions which are not here. `partitions` is told again whenever one of these begins to watch, also after its connection was lost: what changed between
 * was not told.
 */
export async function* joinedViews(
  here: AsyncGenerator<readonly LiveEvent[], void>,
  options: JoinedViewsOptions,
): AsyncGenerator<string, void> {
  const others = new Map<string, OtherView>();
  let next: Promise<IteratorResult<readonly LiveEvent[], void>> | undefined;
  let toldPlace = "";
  try {
    for (;;) {
      next ??= here.next();
      const waiting = [...others.values()].map((each) => each.ready());
      const result = await Promise.race([next, ...waiting]);
      let text = "";
      if (result !== undefined) {
        next = undefined;
        if (result.done === true) return;
        for (const event of result.value) text += shown(event);
        const place = result.value.find(({ event }) => event === "partitions") as (LiveEvent & { event: "partitions" }) | undefined;
        if (place !== undefined) toldPlace = shown(place);
        if (place !== undefined && !options.isHereOnly) follow(others, place.elsewhere, options);
      }
      for (const other of others.values()) text += other.take(toldPlace);
      if (text !== "") yield text;
    }
  } finally {
    for (const other of others.values()) other.close();
    await here.return();
  }
}

/** The same change is told to many. */
const texts = new WeakMap<LiveEvent, string>();

function shown(told: LiveEvent): string {
  let text = texts.get(told);
  if (text === undefined) {
    const { event, ...data } = told;
    text = event === "heartbeat" ? ":\n\n" : `event: ${event}\ndata: ${toJson(data)}\n\n`;
    texts.set(told, text);
  }
  return text;
}

function follow(others: Map<string, OtherView>, elsewhere: Readonly<Record<number, string | null>>, options: JoinedViewsOptions): void {
  const { applicationServer } = options.queries;
  const hosts = new Set(Object.values(elsewhere).filter((host) => host !== null && host !== applicationServer) as string[]);
  for (const [host, other] of others) {
    if (hosts.has(host)) continue;
    other.close();
    others.delete(host);
  }
  for (const host of hosts) if (!others.has(host)) others.set(host, new OtherView(host, options));
}

/** The view of another instance; connects anew for as long as it is wanted. */
class OtherView {
  readonly #host: string;
  readonly #options: JoinedViewsOptions;
  readonly #life = new AbortController();
  #waiting: string[] = [];
  #onEvent: () => void = () => {};
  #onRoom: () => void = () => {};

  constructor(host: string, options: JoinedViewsOptions) {
    this.#host = host;
    this.#options = options;
    void this.#run();
  }

  /** Resolves when there is something to take. */
  ready(): Promise<undefined> {
    if (this.#waiting.length > 0) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#onEvent = () => resolve(undefined);
    });
  }

  /** `place`: what is told where it began to watch something. */
  take(place: string): string {
    const text = this.#waiting.map((event) => (event === BEGAN ? place : event)).join("");
    this.#waiting = [];
    this.#onRoom();
    return text;
  }

  close(): void {
    this.#life.abort();
    this.#onRoom();
  }

  async #run(): Promise<void> {
    const { signal, clock, queries, path } = this.#options;
    const ends = AbortSignal.any([signal, this.#life.signal]);
    while (!ends.aborted) {
      try {
        const response = await fetch(`http://${this.#host}${path}`, {
          headers: { [APPLICATION_HEADER]: queries.host.applicationId },
          redirect: "error",
          signal: ends,
        });
        if (response.ok) await this.#read(response, ends);
        else await response.body?.cancel();
      } catch {
        // Gone, or not there yet.
      }
      if (!ends.aborted) await new Promise<void>((resolve) => void clock.schedule(RETRY_MS, resolve));
    }
  }

  async #read(response: Response, ends: AbortSignal): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const piece of response.body ?? []) {
      rest += decoder.decode(piece, { stream: true });
      if (rest.length > EVENT_BYTES_MAX) return;
      const end = rest.lastIndexOf("\n\n");
      if (end < 0) continue;
      // Which partitions are where is told by this instance alone; that others have begun with some is theirs to tell.
      for (const event of rest.slice(0, end).split("\n\n"))
        if (event !== ":") this.#waiting.push(event.startsWith("event: partitions") ? BEGAN : `${event}\n\n`);
      rest = rest.slice(end + 2);
      this.#onEvent();
      while (this.#waiting.length > WAITING_MAX && !ends.aborted) {
        await new Promise<void>((resolve) => {
          this.#onRoom = resolve;
        });
      }
    }
  }
}
