import type { Clock } from "@ottla/base";

/** A handler at work, or free to be. Its callbacks are made once, not for each record. */
export interface HandlerSlot<Item> {
  readonly at: number;
  item: Item | undefined;
  startedMs: number;
  /** What the circuit breaker said when it started. */
  startedAs: number;
  readonly onDone: () => void;
  readonly onFailed: (error: unknown) => void;
}

/** As many handlers as may be at work at the same time. */
export class HandlerSlots<Item> {
  readonly #clock: Clock;
  readonly #slots: readonly HandlerSlot<Item>[];
  readonly #free: number[];

  constructor(
    count: number,
    clock: Clock,
    events: { readonly done: (slot: HandlerSlot<Item>) => void; readonly failed: (slot: HandlerSlot<Item>, error: unknown) => void },
  ) {
    this.#clock = clock;
    this.#slots = Array.from({ length: count }, (_, at) => {
      const slot: HandlerSlot<Item> = {
        at,
        item: undefined,
        startedMs: 0,
        startedAs: 0,
        onDone: () => events.done(slot),
        onFailed: (error) => events.failed(slot, error),
      };
      return slot;
    });
    this.#free = this.#slots.map((_, at) => count - 1 - at);
  }

  get hasFree(): boolean {
    return this.#free.length > 0;
  }

  get busyCount(): number {
    return this.#slots.length - this.#free.length;
  }

  /** How long the eldest has been at work. */
  get oldestMs(): number {
    let oldest = Infinity;
    for (const slot of this.#slots) if (slot.item !== undefined) oldest = Math.min(oldest, slot.startedMs);
    return oldest === Infinity ? 0 : this.#clock.monotonicMs() - oldest;
  }

  /** What handlers are at work on. */
  *items(): Generator<Item> {
    for (const { item } of this.#slots) if (item !== undefined) yield item;
  }

  /** Only when one is free. */
  occupy(item: Item): HandlerSlot<Item> {
    const slot = this.#slots[this.#free.pop()!]!;
    slot.item = item;
    slot.startedMs = this.#clock.monotonicMs();
    return slot;
  }

  free(slot: HandlerSlot<Item>): Item {
    const item = slot.item!;
    slot.item = undefined;
    this.#free.push(slot.at);
    return item;
  }
}
