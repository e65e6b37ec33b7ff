import type { ControlledBroker } from "@ottla/broker/controlled";

/** One transactional id. */
export class TransactionHandle {
  readonly transactionalId: string;
  readonly #broker: ControlledBroker;

  /** @internal */
  constructor(transactionalId: string, broker: ControlledBroker) {
    this.transactionalId = transactionalId;
    this.#broker = broker;
  }

  /** Makes a virtual broker its coordinator. */
  moveCoordinator(nodeId: number): Promise<void> {
    return this.#broker.moveTransactionCoordinator(this.transactionalId, nodeId);
  }
}
