import { ErrorCode } from "@ottla/protocol";
import type { TransactionGate } from "../partitions/transaction-gate.ts";
import { EPOCH_BUMP_VERSION } from "./transaction.ts";
import type { TransactionCoordinator } from "./transaction-coordinator.ts";

/** Asks the coordinator, wherever it is among the virtual brokers, whether batches may join a transaction. */
export function transactionAdmission(coordinator: TransactionCoordinator): TransactionGate {
  return {
    async admit({ mode, transactionalId, partitions, ...producer }) {
      const nodeId = coordinator.knownCoordinatorOf(transactionalId);
      // Without `__transaction_state` nobody has a transactional id: to ask the producer to try again would keep it until its time is up, as it does not look for a coordinator here.
      if (nodeId === undefined) return partitions.map(() => ErrorCode.INVALID_PRODUCER_ID_MAPPING);
      const to = { transactionalId, nodeId, ...producer, partitions };
      if (mode === "verify") return coordinator.verifyPartitions(to);
      const errorCode = await coordinator.addPartitions({ ...to, clientVersion: EPOCH_BUMP_VERSION });
      return partitions.map(() => errorCode);
    },
  };
}
