import { inSlot } from "./connection-slots.ts";
import type { ShownRecord } from "./shown-record.ts";

/** How far a reading is; see `ReadingProgress` of the API. */
export interface ShownProgress {
  readonly scanned: number;
  readonly shown: number;
  readonly skipped: number;
  readonly bytes: number;
  readonly left?: number;
  readonly filterFailures?: { readonly count: number; readonly last?: string };
}

/** A page holds so many records; of a tail the newest, and fewer, since all of them move with each that comes. */
const HELD_MAX = 1_000;
const TAIL_HELD_MAX = 100;

/** Records of a topic as they come. */
export class MessageStream {
  #records = $state.raw<readonly ShownRecord[]>([]);
  #progress = $state.raw<ShownProgress | undefined>();
  #state = $state<"idle" | "reading" | "ended" | "failed">("idle");
  #reason = $state("");
  #error = $state.raw<{ readonly code: string; readonly message: string } | undefined>();
  #isWaiting = $state(false);
  #address = "";
  #source: EventSource | undefined;
  /** Lets the connection go, or the waiting for one. */
  #leave: (() => void) | undefined;
  /** Records that came since the last frame: all of them are drawn at once. */
  #arrived: ShownRecord[] = [];
  #isTail = false;
  /** Opens the tail again that ended when the page was hidden. */
  #resume: (() => void) | undefined;

  get records(): readonly ShownRecord[] {
    return this.#records;
  }

  get progress(): ShownProgress | undefined {
    return this.#progress;
  }

  get state(): "idle" | "reading" | "ended" | "failed" {
    return this.#state;
  }

  /** Whether it begins only when another page of this browser ends its reading. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  get reason(): string {
    return this.#reason;
  }

  get error(): { readonly code: string; readonly message: string } | undefined {
    return this.#error;
  }

  start(topic: string, query: Readonly<Record<string, string>>): void {
    this.stop();
    [this.#records, this.#arrived, this.#progress, this.#error, this.#state, this.#reason] = [[], [], undefined, undefined, "reading", ""];
    this.#isTail = query["from"] === "tail";
    this.#open(`/api/topics/${encodeURIComponent(topic)}/messages?${new URLSearchParams(query)}`);
  }

  /** A browser has six connections to a console: six tails in hidden tabs would leave none. */
  hide(isHidden: boolean): void {
    if (!isHidden) {
      this.#resume?.();
      this.#resume = undefined;
    } else if (this.#isTail && this.#leave !== undefined) {
      const address = this.#address;
      this.#disconnect();
      this.#resume = () => this.#open(address);
    }
  }

  #open(address: string): void {
    this.#address = address;
    const leaving = new AbortController();
    this.#leave = () => leaving.abort();
    const onWait = (): void => {
      this.#isWaiting = true;
    };
    void inSlot(leaving.signal, onWait, (release) => {
      this.#isWaiting = false;
      leaving.signal.addEventListener("abort", release);
      this.#listen(address);
    });
  }

  #disconnect(): void {
    this.#source?.close();
    this.#source = undefined;
    this.#isWaiting = false;
    this.#leave?.();
    this.#leave = undefined;
  }

  #listen(address: string): void {
    const source = new EventSource(address);
    this.#source = source;
    const on = (event: string, take: (data: never) => void): void =>
      source.addEventListener(event, (message) => take(JSON.parse((message as MessageEvent<string>).data) as never));
    on("records", ({ records }: { readonly records: readonly ShownRecord[] }) => this.#take(records));
    on("progress", ({ progress }: { readonly progress: ShownProgress }) => (this.#progress = progress));
    on("ended", ({ progress, reason }: { readonly progress: ShownProgress; readonly reason: string }) => {
      this.#progress = progress;
      this.#reason = reason;
      this.#end("ended");
    });
    on("failed", (error: { readonly code: string; readonly message: string }) => {
      this.#error = error;
      this.#end("failed");
    });
    source.addEventListener("error", () => {
      if (this.#source !== source) return;
      this.#error = { code: "CONSOLE_AWAY", message: "The console ended the reading, or does not answer; begin again." };
      this.#end("failed");
    });
  }

  stop(): void {
    this.#resume = undefined;
    if (this.#state === "reading") this.#end("ended");
    else this.#disconnect();
  }

  #take(records: readonly ShownRecord[]): void {
    if (this.#arrived.length === 0) requestAnimationFrame(() => this.#draw());
    this.#arrived.push(...records);
    // A page that is hidden has no frames: what would be pushed out at once is left out.
    if (this.#isTail && this.#arrived.length > TAIL_HELD_MAX) this.#arrived = this.#arrived.slice(-TAIL_HELD_MAX);
  }

  #draw(): void {
    if (!this.#isTail) {
      this.#records = [...this.#records, ...this.#arrived].slice(0, HELD_MAX);
      this.#arrived = [];
      return;
    }
    this.#records = [...this.#arrived.reverse(), ...this.#records].slice(0, TAIL_HELD_MAX);
    this.#arrived = [];
  }

  #end(state: "ended" | "failed"): void {
    this.#disconnect();
    this.#state = state;
  }
}
