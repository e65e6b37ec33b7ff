import type { ControlledBroker } from "@ottla/broker/controlled";
import { checkName } from "./argument-checks.ts";

/** One transactional id. */
export class TransactionHandle {
  readonly transactionalId: string;
  readonly #broker: ControlledBroker;

  /** @internal */
  constructor(transactionalId: string, broker: ControlledBroker) {
    checkName("a transactional id", transactionalId);
    this.transactionalId = transactionalId;
    this.#broker = broker;
  }

  /** The node that coordinates it; undefined while nobody does. */
  coordinator(): number | undefined {
    return this.#broker.transactionCoordinatorOf(this.transactionalId);
  }

  /** Makes a virtual broker its coordinator; its producer finds out by NOT_COORDINATOR. */
  moveCoordinator(nodeId: number): Promise<void> {
    return this.#broker.moveTransactionCoordinator(this.transactionalId, nodeId);
  }

  /**
   * Fences its producer, as another program does that starts with the same id: an open transaction is aborted, and the producer hears PRODUCER_FENCED or
   * INVALID_PRODUCER_EPOCH with its next request.
   */
  fence(): Promise<void> {
    return this.#broker.fence(this.transactionalId);
  }
}
