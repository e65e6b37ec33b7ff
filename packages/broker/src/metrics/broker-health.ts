import type { BrokerState } from "../broker-state.ts";

/** How a broker that accepts connections is. */
export interface BrokerHealth {
  /** Sentences about what only a restart, or a person, mends. None: it is well. */
  readonly faults: readonly string[];
  /** What it still does before all requests are served. Nothing: it is ready. */
  readonly waitsFor: readonly string[];
}

export function brokerHealth({ controller, metadata, groups, partitions }: BrokerState): BrokerHealth {
  const faults = controller.failure ? [controller.failure.message] : [];
  for (const { topic, index, log } of partitions.all()) {
    if (log.refusal) faults.push(`Partition ${topic}-${index} takes no more records: ${log.refusal.message}`);
    if (faults.length >= FAULTS_MAX) break;
  }
  const isLoading = metadata.nodes.some(({ nodeId }) => groups.isLoading(nodeId));
  return { faults, waitsFor: isLoading ? ["the groups, which are being loaded"] : [] };
}

const FAULTS_MAX = 10;
