import { untrack } from "svelte";
import { type ApiError, asApiError } from "./api.ts";
import { live } from "./live.svelte.ts";

/** Something that is loaded, and loaded again with each look of the console. What was loaded stays while it is loaded again, and when that fails. */
export class Resource<Value> {
  #value = $state.raw<Value | undefined>(undefined);
  #error = $state.raw<ApiError | undefined>(undefined);
  #isLoading = $state(false);
  #asked = 0;
  #wanted = false;

  get value(): Value | undefined {
    return this.#value;
  }

  get error(): ApiError | undefined {
    return this.#error;
  }

  get isLoading(): boolean {
    return this.#isLoading;
  }

  /** One load at a time; a newer question overtakes one that is on its way. */
  async load(ask: () => Promise<Value>, forgets: boolean): Promise<void> {
    if (this.#isLoading && !forgets) {
      this.#wanted = true;
      return;
    }
    const mine = ++this.#asked;
    if (forgets) this.#error = undefined;
    this.#isLoading = true;
    try {
      const value = await ask();
      if (mine === this.#asked) [this.#value, this.#error] = [value, undefined];
    } catch (error) {
      if (mine === this.#asked) this.#error = asApiError(error);
    } finally {
      if (mine === this.#asked) this.#isLoading = false;
    }
    if (mine !== this.#asked || !this.#wanted) return;
    this.#wanted = false;
    await this.load(ask, false);
  }
}

/** A resource that follows what `question` reads, and the looks. `question` reads all that the answer depends on and gives how to ask. */
export function resource<Value>(question: () => () => Promise<Value>, follows = true): Resource<Value> {
  const loaded = new Resource<Value>();
  let last: string | undefined;
  $effect(() => {
    const ask = question();
    const key = ask.toString() + location.href;
    if (follows) void live.looks;
    const isNew = key !== last;
    last = key;
    // What it says of itself is not what it depends on.
    untrack(() => void loaded.load(ask, isNew));
  });
  return loaded;
}
