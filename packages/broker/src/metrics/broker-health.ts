import type { BrokerState } from "../broker-state.ts";

/** How a broker that accepts connections is. */
export interface BrokerHealth {
  /** Sentences about what only a restart, or a person, mends. None: it is well. */
  readonly faults: readonly string[];
  /** What it still does before all requests are served. Nothing: it is ready. */
  readonly waitsFor: readonly string[];
}

export function brokerHealth({ controller, metadata, groups, transactions, partitions }: BrokerState): BrokerHealth {
  const faults = controller.failure ? [controller.failure.message] : [];
  for (const { topic, index, log } of partitions.all()) {
    if (log.refusal) faults.push(`Partition ${topic}-${index} takes no more records: ${log.refusal.message}`);
    if (faults.length >= FAULTS_MAX) break;
  }
  const isLoading = (coordinator: { isLoading(nodeId: number): boolean }) =>
    metadata.nodes.some(({ nodeId }) => coordinator.isLoading(nodeId));
  const waitsFor = [
    ...(isLoading(groups) ? ["the groups, which are being loaded"] : []),
    ...(isLoading(transactions) ? ["the transactions, which are being loaded"] : []),
  ];
  return { faults, waitsFor };
}

const FAULTS_MAX = 10;
