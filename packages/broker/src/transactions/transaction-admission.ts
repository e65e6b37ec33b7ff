import type { TransactionGate } from "../partitions/transaction-gate.ts";
import { EPOCH_BUMP_VERSION } from "./transaction.ts";
import type { TransactionCoordinator } from "./transaction-coordinator.ts";

/** Asks the coordinator, wherever it is among the virtual brokers, whether batches may join a transaction. */
export function transactionAdmission(coordinator: TransactionCoordinator): TransactionGate {
  return {
    async admit({ mode, transactionalId, partitions, ...producer }) {
      const to = { transactionalId, nodeId: coordinator.knownCoordinatorOf(transactionalId) ?? -1, ...producer, partitions };
      if (mode === "verify") return coordinator.verifyPartitions(to);
      const errorCode = await coordinator.addPartitions({ ...to, clientVersion: EPOCH_BUMP_VERSION });
      return partitions.map(() => errorCode);
    },
  };
}
