import { carriedLooks } from "./first-answers.ts";

/** What the page that is told says to the others of its browser. */
type Said = "look" | "open" | "away";

const NAME = "ottla-live";
const IDLE_WITHIN_MS = 500;

/**
 * Told by the console whenever it has looked at the cluster; a page that nobody sees is not told. A browser has six connections to a console: of the pages that are seen one is told, and tells the others. Where a browser has no locks (a console by plain HTTP of
 * another machine), each page is told by itself.
 */
class Live {
  #looks = $state(0);
  #isConnected = $state(true);
  readonly #others = new BroadcastChannel(NAME);
  /** Ends what was begun to be told. */
  #end: (() => void) | undefined;

  #isWanted = false;

  constructor() {
    document.addEventListener("visibilitychange", () => this.#follow());
    this.#others.addEventListener("message", ({ data }: MessageEvent<Said>) => {
      if (this.#end !== undefined) this.#take(data);
    });
  }

  /** Only who is logged in is told. */
  want(isWanted: boolean): void {
    this.#isWanted = isWanted;
    // The page is painted first. What is looked at meanwhile it is told of.
    if (isWanted) whenIdle(() => this.#follow());
    else this.#follow();
  }

  /** Counts the looks, so that what reads it is made anew. */
  get looks(): number {
    return this.#looks;
  }

  /** False while the console does not answer. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  #follow(): void {
    if (document.hidden || !this.#isWanted) this.#leave();
    else this.#connect();
  }

  #connect(): void {
    if (this.#end !== undefined) return;
    const ending = new AbortController();
    this.#end = () => ending.abort();
    const { locks } = navigator as { readonly locks?: LockManager };
    if (locks === undefined) void this.#listen(ending.signal);
    else
      void locks
        .request(NAME, { signal: ending.signal }, () => new Promise<void>((release) => void this.#listen(ending.signal, release)))
        .catch(() => {});
  }

  /** Until the signal; then `release` lets another page be told. */
  async #listen(signal: AbortSignal, release = (): void => {}): Promise<void> {
    const looks = await carriedLooks();
    if (signal.aborted) return release();
    const source = new EventSource(`/api/changes${looks === undefined ? "" : `?looks=${looks}`}`);
    const say = (what: Said): void => {
      this.#take(what);
      this.#others.postMessage(what);
    };
    signal.addEventListener("abort", () => {
      source.close();
      release();
    });
    source.addEventListener("open", () => say("open"));
    source.addEventListener("look", () => say("look"));
    source.addEventListener("error", () => {
      say("away");
      // A browser gives up where it was answered something else.
      if (source.readyState === EventSource.CLOSED) {
        this.#leave();
        setTimeout(() => this.#follow(), 2_000);
      }
    });
  }

  #take(what: Said): void {
    if (what === "look") this.#looks++;
    this.#isConnected = what !== "away";
  }

  #leave(): void {
    this.#end?.();
    this.#end = undefined;
  }
}

/** Not every browser tells when it has nothing to do. */
function whenIdle(run: () => void): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(run, { timeout: IDLE_WITHIN_MS });
  else setTimeout(run, IDLE_WITHIN_MS);
}

/** The one of this page. */
export const live = new Live();
