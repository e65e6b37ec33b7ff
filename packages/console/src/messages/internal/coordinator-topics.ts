import type { DataMessage } from "@ottla/protocol";
import { consumerGroupCurrentMemberAssignmentKey } from "@ottla/protocol/data/consumer-group-current-member-assignment-key";
import { consumerGroupCurrentMemberAssignmentValue } from "@ottla/protocol/data/consumer-group-current-member-assignment-value";
import { consumerGroupMemberMetadataKey } from "@ottla/protocol/data/consumer-group-member-metadata-key";
import { consumerGroupMemberMetadataValue } from "@ottla/protocol/data/consumer-group-member-metadata-value";
import { consumerGroupMetadataKey } from "@ottla/protocol/data/consumer-group-metadata-key";
import { consumerGroupMetadataValue } from "@ottla/protocol/data/consumer-group-metadata-value";
import { consumerGroupPartitionMetadataKey } from "@ottla/protocol/data/consumer-group-partition-metadata-key";
import { consumerGroupPartitionMetadataValue } from "@ottla/protocol/data/consumer-group-partition-metadata-value";
import { consumerGroupRegularExpressionKey } from "@ottla/protocol/data/consumer-group-regular-expression-key";
import { consumerGroupRegularExpressionValue } from "@ottla/protocol/data/consumer-group-regular-expression-value";
import { consumerGroupTargetAssignmentMemberKey } from "@ottla/protocol/data/consumer-group-target-assignment-member-key";
import { consumerGroupTargetAssignmentMemberValue } from "@ottla/protocol/data/consumer-group-target-assignment-member-value";
import { consumerGroupTargetAssignmentMetadataKey } from "@ottla/protocol/data/consumer-group-target-assignment-metadata-key";
import { consumerGroupTargetAssignmentMetadataValue } from "@ottla/protocol/data/consumer-group-target-assignment-metadata-value";
import { groupMetadataKey } from "@ottla/protocol/data/group-metadata-key";
import { groupMetadataValue } from "@ottla/protocol/data/group-metadata-value";
import { legacyOffsetCommitKey } from "@ottla/protocol/data/legacy-offset-commit-key";
import { offsetCommitKey } from "@ottla/protocol/data/offset-commit-key";
import { offsetCommitValue } from "@ottla/protocol/data/offset-commit-value";
import { shareGroupCurrentMemberAssignmentKey } from "@ottla/protocol/data/share-group-current-member-assignment-key";
import { shareGroupCurrentMemberAssignmentValue } from "@ottla/protocol/data/share-group-current-member-assignment-value";
import { shareGroupMemberMetadataKey } from "@ottla/protocol/data/share-group-member-metadata-key";
import { shareGroupMemberMetadataValue } from "@ottla/protocol/data/share-group-member-metadata-value";
import { shareGroupMetadataKey } from "@ottla/protocol/data/share-group-metadata-key";
import { shareGroupMetadataValue } from "@ottla/protocol/data/share-group-metadata-value";
import { shareGroupStatePartitionMetadataKey } from "@ottla/protocol/data/share-group-state-partition-metadata-key";
import { shareGroupStatePartitionMetadataValue } from "@ottla/protocol/data/share-group-state-partition-metadata-value";
import { shareGroupTargetAssignmentMemberKey } from "@ottla/protocol/data/share-group-target-assignment-member-key";
import { shareGroupTargetAssignmentMemberValue } from "@ottla/protocol/data/share-group-target-assignment-member-value";
import { shareGroupTargetAssignmentMetadataKey } from "@ottla/protocol/data/share-group-target-assignment-metadata-key";
import { shareGroupTargetAssignmentMetadataValue } from "@ottla/protocol/data/share-group-target-assignment-metadata-value";
import { shareSnapshotKey } from "@ottla/protocol/data/share-snapshot-key";
import { shareSnapshotValue } from "@ottla/protocol/data/share-snapshot-value";
import { shareUpdateKey } from "@ottla/protocol/data/share-update-key";
import { shareUpdateValue } from "@ottla/protocol/data/share-update-value";
import { streamsGroupCurrentMemberAssignmentKey } from "@ottla/protocol/data/streams-group-current-member-assignment-key";
import { streamsGroupCurrentMemberAssignmentValue } from "@ottla/protocol/data/streams-group-current-member-assignment-value";
import { streamsGroupMemberMetadataKey } from "@ottla/protocol/data/streams-group-member-metadata-key";
import { streamsGroupMemberMetadataValue } from "@ottla/protocol/data/streams-group-member-metadata-value";
import { streamsGroupMetadataKey } from "@ottla/protocol/data/streams-group-metadata-key";
import { streamsGroupMetadataValue } from "@ottla/protocol/data/streams-group-metadata-value";
import { streamsGroupTargetAssignmentMemberKey } from "@ottla/protocol/data/streams-group-target-assignment-member-key";
import { streamsGroupTargetAssignmentMemberValue } from "@ottla/protocol/data/streams-group-target-assignment-member-value";
import { streamsGroupTargetAssignmentMetadataKey } from "@ottla/protocol/data/streams-group-target-assignment-metadata-key";
import { streamsGroupTargetAssignmentMetadataValue } from "@ottla/protocol/data/streams-group-target-assignment-metadata-value";
import { streamsGroupTopologyKey } from "@ottla/protocol/data/streams-group-topology-key";
import { streamsGroupTopologyValue } from "@ottla/protocol/data/streams-group-topology-value";
import { transactionLogKey } from "@ottla/protocol/data/transaction-log-key";
import { transactionLogValue } from "@ottla/protocol/data/transaction-log-value";

/** How a record of one type is read: its key, and its value where it has one. */
interface RecordShape {
  readonly key: DataMessage<unknown>;
  readonly value: DataMessage<unknown>;
}

const shapes = (...pairs: readonly (readonly [DataMessage<unknown>, DataMessage<unknown>])[]): ReadonlyMap<number, RecordShape> =>
  new Map(pairs.map(([key, value]) => [key.recordType!, { key, value }]));

/** What coordinators write to the topics of their own, by the type that a record's key begins with. */
export const COORDINATOR_TOPICS: Readonly<Record<string, ReadonlyMap<number, RecordShape>>> = {
  __consumer_offsets: shapes(
    [legacyOffsetCommitKey, offsetCommitValue],
    [consumerGroupCurrentMemberAssignmentKey, consumerGroupCurrentMemberAssignmentValue],
    [consumerGroupMemberMetadataKey, consumerGroupMemberMetadataValue],
    [consumerGroupMetadataKey, consumerGroupMetadataValue],
    [consumerGroupPartitionMetadataKey, consumerGroupPartitionMetadataValue],
    [consumerGroupRegularExpressionKey, consumerGroupRegularExpressionValue],
    [consumerGroupTargetAssignmentMemberKey, consumerGroupTargetAssignmentMemberValue],
    [consumerGroupTargetAssignmentMetadataKey, consumerGroupTargetAssignmentMetadataValue],
    [groupMetadataKey, groupMetadataValue],
    [offsetCommitKey, offsetCommitValue],
    [shareGroupCurrentMemberAssignmentKey, shareGroupCurrentMemberAssignmentValue],
    [shareGroupMemberMetadataKey, shareGroupMemberMetadataValue],
    [shareGroupMetadataKey, shareGroupMetadataValue],
    [shareGroupStatePartitionMetadataKey, shareGroupStatePartitionMetadataValue],
    [shareGroupTargetAssignmentMemberKey, shareGroupTargetAssignmentMemberValue],
    [shareGroupTargetAssignmentMetadataKey, shareGroupTargetAssignmentMetadataValue],
    [streamsGroupCurrentMemberAssignmentKey, streamsGroupCurrentMemberAssignmentValue],
    [streamsGroupMemberMetadataKey, streamsGroupMemberMetadataValue],
    [streamsGroupMetadataKey, streamsGroupMetadataValue],
    [streamsGroupTargetAssignmentMemberKey, streamsGroupTargetAssignmentMemberValue],
    [streamsGroupTargetAssignmentMetadataKey, streamsGroupTargetAssignmentMetadataValue],
    [streamsGroupTopologyKey, streamsGroupTopologyValue],
  ),
  __transaction_state: shapes([transactionLogKey, transactionLogValue]),
  __share_group_state: shapes([shareSnapshotKey, shareSnapshotValue], [shareUpdateKey, shareUpdateValue]),
};
