import { ErrorCode } from "@ottla/protocol";
import type { TransactionAdmission, TransactionGate } from "../partitions/transaction-gate.ts";

/** A transaction coordinator that answers what a test says, and when. */
export class TestGate implements TransactionGate {
  readonly calls: TransactionAdmission[] = [];
  /** One per call; the last one for all further calls. Nothing: everybody is admitted. */
  readonly answers: number[] = [];
  #held: Promise<void> | undefined;
  #release: (() => void) | undefined;

  /** From now on answers wait for {@link TestGate.letGo}. */
  hold(): void {
    this.#held = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  letGo(): void {
    this.#held = undefined;
    this.#release?.();
  }

  async admit(call: TransactionAdmission): Promise<readonly number[]> {
    this.calls.push(call);
    const code = this.answers.length > 1 ? this.answers.shift()! : (this.answers[0] ?? ErrorCode.NONE);
    await this.#held;
    return call.partitions.map(() => code);
  }
}

/** Puts a gate in the place of the broker's own. */
export function useGate(broker: { readonly state: { readonly transactionGate: TransactionGate } }): TestGate {
  const gate = new TestGate();
  Object.assign(broker.state, { transactionGate: gate });
  return gate;
}
