import { ErrorCode } from "@ottla/protocol";
import {
  consumerGroupHeartbeatApi,
  makeAssignment,
  makeConsumerGroupHeartbeatResponse,
} from "@ottla/protocol/apis/consumer-group-heartbeat";
import { fetchApi, makeFetchableTopicResponse, makeFetchResponse, makePartitionData } from "@ottla/protocol/apis/fetch";
import { heartbeatApi, makeHeartbeatResponse } from "@ottla/protocol/apis/heartbeat";
import { joinGroupApi, makeJoinGroupResponse, makeJoinGroupResponseMember } from "@ottla/protocol/apis/join-group";
import { leaveGroupApi, makeLeaveGroupResponse } from "@ottla/protocol/apis/leave-group";
import {
  listOffsetsApi,
  makeListOffsetsPartitionResponse,
  makeListOffsetsResponse,
  makeListOffsetsTopicResponse,
} from "@ottla/protocol/apis/list-offsets";
import {
  makeOffsetCommitResponse,
  makeOffsetCommitResponsePartition,
  makeOffsetCommitResponseTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import {
  makeOffsetFetchResponse,
  makeOffsetFetchResponseGroup,
  makeOffsetFetchResponsePartitions,
  makeOffsetFetchResponseTopics,
  offsetFetchApi,
} from "@ottla/protocol/apis/offset-fetch";
import { makeSyncGroupResponse, syncGroupApi } from "@ottla/protocol/apis/sync-group";
import { RecordBatchBuilder, setBaseOffset } from "@ottla/protocol/records";
import type { ScriptedBroker } from "./scripted-broker.ts";
import { startTransactions, type TransactionStage } from "./transaction-stage.ts";

const TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAQ";

/** A stage whose broker does what everybody asks: transactions, groups of one member by either protocol, topic t with one partition and a record at every offset. */
export async function startObliging(): Promise<TransactionStage> {
  const stage = await startTransactions({ leaders: [1] });
  const { broker } = stage;
  broker.serveMetadata(() => ({ t: [1] }), [broker], { topicId: () => TOPIC_ID });
  serveGroups(broker);
  serveOffsets(broker);
  serveRecords(broker);
  return stage;
}

function serveGroups(broker: ScriptedBroker): void {
  broker.on(joinGroupApi, ({ memberId, protocols }) => {
    if (memberId === "") return makeJoinGroupResponse({ errorCode: ErrorCode.MEMBER_ID_REQUIRED, memberId: "m" });
    const [first] = protocols;
    return makeJoinGroupResponse({
      generationId: 1,
      protocolType: "consumer",
      protocolName: first!.name,
      leader: memberId,
      memberId,
      members: [makeJoinGroupResponseMember({ memberId, metadata: first!.metadata })],
    });
  });
  broker.on(syncGroupApi, ({ assignments, protocolName }) =>
    makeSyncGroupResponse({ protocolType: "consumer", protocolName, assignment: assignments[0]?.assignment ?? Buffer.alloc(0) }),
  );
  broker.on(heartbeatApi, () => makeHeartbeatResponse({}));
  broker.on(leaveGroupApi, () => makeLeaveGroupResponse({}));
  broker.on(consumerGroupHeartbeatApi, ({ memberId, memberEpoch }) =>
    makeConsumerGroupHeartbeatResponse({
      memberId,
      memberEpoch: memberEpoch < 0 ? memberEpoch : 1,
      heartbeatIntervalMs: 1000,
      assignment: makeAssignment({ topicPartitions: [{ topicId: TOPIC_ID, partitions: [0], unknownTaggedFields: undefined }] }),
    }),
  );
}

function serveOffsets(broker: ScriptedBroker): void {
  broker.on(listOffsetsApi, ({ topics }) =>
    makeListOffsetsResponse({
      topics: topics.map(({ name, partitions }) =>
        makeListOffsetsTopicResponse({
          name,
          partitions: partitions.map(({ partitionIndex }) =>
            makeListOffsetsPartitionResponse({ partitionIndex, offset: 7, leaderEpoch: 0 }),
          ),
        }),
      ),
    }),
  );
  broker.on(offsetFetchApi, ({ groups }) =>
    makeOffsetFetchResponse({
      groups: groups.map(({ groupId, topics }) =>
        makeOffsetFetchResponseGroup({
          groupId,
          topics: topics!.map(({ name, topicId, partitionIndexes }) =>
            makeOffsetFetchResponseTopics({
              name,
              topicId,
              partitions: partitionIndexes.map((partitionIndex) =>
                makeOffsetFetchResponsePartitions({ partitionIndex, committedOffset: 7, committedLeaderEpoch: -1 }),
              ),
            }),
          ),
        }),
      ),
    }),
  );
  broker.on(offsetCommitApi, ({ topics }) =>
    makeOffsetCommitResponse({
      topics: topics.map(({ name, topicId, partitions }) =>
        makeOffsetCommitResponseTopic({
          name,
          topicId,
          partitions: partitions.map(({ partitionIndex }) => makeOffsetCommitResponsePartition({ partitionIndex })),
        }),
      ),
    }),
  );
}

function serveRecords(broker: ScriptedBroker): void {
  broker.on(fetchApi, ({ topics }) => {
    const asked = topics[0]?.partitions[0];
    if (asked === undefined) return makeFetchResponse({});
    const builder = new RecordBatchBuilder({ partitionLeaderEpoch: 0 });
    builder.append(null, Buffer.from("v"), [], 1000);
    const records = builder.close();
    setBaseOffset(records, 0, asked.fetchOffset);
    const highWatermark = asked.fetchOffset + 1;
    const partitions = [makePartitionData({ records, highWatermark, lastStableOffset: highWatermark, preferredReadReplica: -1 })];
    return makeFetchResponse({ responses: [makeFetchableTopicResponse({ topicId: TOPIC_ID, partitions })] });
  });
}
