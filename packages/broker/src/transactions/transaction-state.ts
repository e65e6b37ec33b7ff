import { heldBytes, type Transaction } from "./transaction.ts";
import type { TransactionRecord } from "./transaction-record-codec.ts";

/** The transactional ids of one partition of `__transaction_state`: a fold over its records, and nothing beside. */
export class TransactionState {
  readonly #transactions = new Map<string, Transaction>();
  #heldBytes = 0;

  get idCount(): number {
    return this.#transactions.size;
  }

  /** What all of them take of the heap, about. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  get(transactionalId: string): Transaction | undefined {
    return this.#transactions.get(transactionalId);
  }

  transactionalIds(): IterableIterator<string> {
    return this.#transactions.keys();
  }

  entries(): IterableIterator<[string, Transaction]> {
    return this.#transactions.entries();
  }

  apply({ transactionalId, value }: TransactionRecord): void {
    const before = this.#transactions.get(transactionalId);
    if (before) this.#heldBytes -= heldBytes(transactionalId, before);
    if (value) {
      this.#transactions.set(transactionalId, value);
      this.#heldBytes += heldBytes(transactionalId, value);
    } else {
      this.#transactions.delete(transactionalId);
    }
  }
}
