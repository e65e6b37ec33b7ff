import type { OpenCall } from "./open-call.ts";

/** Calls that wait for a slot, first come, first served, in constant time each however many they are. */
export class WaitingCalls {
  #calls: OpenCall[] = [];
  #taken = 0;

  add(call: OpenCall): void {
    this.#calls.push(call);
  }

  take(): OpenCall | undefined {
    const call = this.#calls[this.#taken];
    if (call === undefined) return undefined;
    this.#taken++;
    if (this.#taken === this.#calls.length || (this.#taken > 64 && this.#taken * 2 > this.#calls.length)) {
      this.#calls.splice(0, this.#taken);
      this.#taken = 0;
    }
    return call;
  }

  clear(): void {
    this.#calls = [];
    this.#taken = 0;
  }
}
