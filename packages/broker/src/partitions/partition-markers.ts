import type { Clock } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import { encodeEndTransactionMarker } from "@ottla/protocol/records";
import type { ClusterMetadata } from "../metadata/cluster-metadata.ts";
import type { Partition } from "./partition.ts";
import type { MarkerWriter, TransactionMarker } from "./transaction-gate.ts";

interface PartitionMarkersDeps {
  readonly clock: Clock;
  readonly metadata: ClusterMetadata;
  readonly partitions: { get(topic: string, partition: number): Partition | undefined };
}

/** Ends transactions in the partitions of ordinary topics. */
export class PartitionMarkers implements MarkerWriter {
  readonly #deps: PartitionMarkersDeps;

  constructor(deps: PartitionMarkersDeps) {
    this.#deps = deps;
  }

  async writeMarker({ topic, partition }: { topic: string; partition: number }, marker: TransactionMarker): Promise<number> {
    const known = this.#deps.metadata.topic(topic)?.partitions[partition];
    if (known === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    const target = this.#deps.partitions.get(topic, partition);
    if (target === undefined) return ErrorCode.KAFKA_STORAGE_ERROR;
    const batch = markerBatch(marker, this.#deps.clock.nowMs());
    const { transactionVersion } = marker;
    const outcome = target.append(batch, { origin: "marker", leaderEpoch: known.leaderEpoch, transactionVersion });
    if (outcome.kind === "rejected") return outcome.errorCode;
    try {
      await target.log.durable(outcome.lastOffset);
      return ErrorCode.NONE;
    } catch {
      return ErrorCode.KAFKA_STORAGE_ERROR;
    }
  }
}

/** A transaction's marker as the log takes it. */
export function markerBatch({ producerId, producerEpoch, coordinatorEpoch, isCommit }: TransactionMarker, timestampMs: number): Buffer {
  return encodeEndTransactionMarker(
    { outcome: isCommit ? "commit" : "abort", coordinatorEpoch },
    { producerId, producerEpoch, baseOffset: 0, partitionLeaderEpoch: 0, timestampMs },
  );
}
