import { ApiKey } from "@ottla/protocol";

/** What clients do all day. Of these what is allowed is told at its first time in a connection, and sampled then; of all others each time counts. */
const DATA_PLANE: ReadonlySet<number> = new Set([
  ApiKey.Produce,
  ApiKey.Fetch,
  ApiKey.ListOffsets,
  ApiKey.Metadata,
  ApiKey.OffsetCommit,
  ApiKey.OffsetFetch,
  ApiKey.FindCoordinator,
  ApiKey.JoinGroup,
  ApiKey.Heartbeat,
  ApiKey.LeaveGroup,
  ApiKey.SyncGroup,
  ApiKey.InitProducerId,
  ApiKey.OffsetForLeaderEpoch,
  ApiKey.AddPartitionsToTxn,
  ApiKey.AddOffsetsToTxn,
  ApiKey.EndTxn,
  ApiKey.TxnOffsetCommit,
  ApiKey.ConsumerGroupHeartbeat,
  ApiKey.DescribeTopicPartitions,
  ApiKey.ShareGroupHeartbeat,
  ApiKey.ShareFetch,
  ApiKey.ShareAcknowledge,
  ApiKey.StreamsGroupHeartbeat,
]);

export function isDataPlane(apiKey: number): boolean {
  return DATA_PLANE.has(apiKey);
}
