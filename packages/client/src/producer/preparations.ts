import { ClientError } from "../client-error.ts";
import type { Lifetime } from "../lifetime.ts";
import type { DeliveryCallback } from "./record-types.ts";

/** Where a producer, or its transaction, offers {@link Preparer} to typed producers. Not for applications. */
export const preparing: unique symbol = Symbol("preparing");

/** What a producer does for those whose records are made ready before it gets them. */
export interface Preparer {
  /** Until it has ended, flush, commit and close wait for it; what it hands on belongs to the transaction that is open now or to none. */
  begin(): Preparation;
  /** A record that could not be made ready fails as one that cannot be delivered. */
  refuse(error: Error, onDelivery?: DeliveryCallback): void;
}

export interface Preparation {
  /** Ends it. Throws `ClientError` TRANSACTION_STATE, or what the transaction failed with, when the transaction it was begun in is over. */
  handOn<Result>(call: () => Result): Result;
  /** Ends it without its record, which fails its transaction if that is still open. */
  fail(error: Error, onDelivery?: DeliveryCallback): void;
}

export interface PreparationHost {
  /** Of the transaction that is or was open. */
  transaction(): Lifetime | undefined;
  refuse(error: Error, onDelivery?: DeliveryCallback): void;
}

/** The records of one producer that are still being made ready. Whoever makes them ready bounds their number. */
export class Preparations implements Preparer {
  readonly #host: PreparationHost;
  readonly #underWay = new Set<Promise<void>>();
  #isHandingOn = false;

  constructor(host: PreparationHost) {
    this.#host = host;
  }

  get isBusy(): boolean {
    return this.#underWay.size > 0;
  }

  /** What was begun before the producer's close is being handed on. */
  get isHandingOn(): boolean {
    return this.#isHandingOn;
  }

  /** Resolves when all that is under way now has been handed on or has failed. */
  async over(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  begin(): Preparation {
    const transaction = this.#host.transaction();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#underWay.add(promise);
    const end = (): void => {
      this.#underWay.delete(promise);
      resolve();
    };
    return {
      handOn: (call) => {
        end();
        if (transaction !== this.#host.transaction()) throw tooLate();
        transaction?.throwIfOver();
        this.#isHandingOn = true;
        try {
          return call();
        } finally {
          this.#isHandingOn = false;
        }
      },
      fail: (error, onDelivery) => {
        end();
        if (transaction === this.#host.transaction()) this.#host.refuse(error, onDelivery);
        else onDelivery?.(error, undefined);
      },
    };
  }

  refuse(error: Error, onDelivery?: DeliveryCallback): void {
    this.#host.refuse(error, onDelivery);
  }
}

/** Of a producer or a transaction. */
export function preparerOf(sends: object): Preparer {
  return (sends as { readonly [preparing]?: Preparer })[preparing] ?? unaware;
}

/** For a producer that is not ours: nothing waits, and failures are told to whoever asked. */
const unaware: Preparer = {
  begin: () => ({ handOn: (call) => call(), fail: (error, onDelivery) => onDelivery?.(error, undefined) }),
  refuse: (error, onDelivery) => onDelivery?.(error, undefined),
};

function tooLate(): ClientError {
  return new ClientError(
    "TRANSACTION_STATE",
    "The record was made ready only when its transaction was over; await what belongs to a transaction before it ends.",
  );
}
