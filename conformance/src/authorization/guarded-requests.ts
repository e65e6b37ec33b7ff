import { NIL_UUID } from "@ottla/protocol";
import * as addOffsets from "@ottla/protocol/apis/add-offsets-to-txn";
import * as addPartitions from "@ottla/protocol/apis/add-partitions-to-txn";
import * as alterConfigs from "@ottla/protocol/apis/alter-configs";
import * as reassign from "@ottla/protocol/apis/alter-partition-reassignments";
import * as logDirs from "@ottla/protocol/apis/alter-replica-log-dirs";
import * as groupDescribe from "@ottla/protocol/apis/consumer-group-describe";
import * as groupHeartbeat from "@ottla/protocol/apis/consumer-group-heartbeat";
import * as createAcls from "@ottla/protocol/apis/create-acls";
import * as createPartitions from "@ottla/protocol/apis/create-partitions";
import * as createTopics from "@ottla/protocol/apis/create-topics";
import * as deleteAcls from "@ottla/protocol/apis/delete-acls";
import * as deleteGroups from "@ottla/protocol/apis/delete-groups";
import * as deleteRecords from "@ottla/protocol/apis/delete-records";
import * as deleteTopics from "@ottla/protocol/apis/delete-topics";
import * as describeAcls from "@ottla/protocol/apis/describe-acls";
import * as describeCluster from "@ottla/protocol/apis/describe-cluster";
import * as describeConfigs from "@ottla/protocol/apis/describe-configs";
import * as describeGroups from "@ottla/protocol/apis/describe-groups";
import * as describeLogDirs from "@ottla/protocol/apis/describe-log-dirs";
import * as describeProducers from "@ottla/protocol/apis/describe-producers";
import * as describeQuorum from "@ottla/protocol/apis/describe-quorum";
import * as describePartitions from "@ottla/protocol/apis/describe-topic-partitions";
import * as describeTransactions from "@ottla/protocol/apis/describe-transactions";
import * as elect from "@ottla/protocol/apis/elect-leaders";
import * as endTxn from "@ottla/protocol/apis/end-txn";
import * as fetch from "@ottla/protocol/apis/fetch";
import * as findCoordinator from "@ottla/protocol/apis/find-coordinator";
import * as heartbeat from "@ottla/protocol/apis/heartbeat";
import * as incremental from "@ottla/protocol/apis/incremental-alter-configs";
import * as initProducer from "@ottla/protocol/apis/init-producer-id";
import * as joinGroup from "@ottla/protocol/apis/join-group";
import * as leaveGroup from "@ottla/protocol/apis/leave-group";
import * as listConfigs from "@ottla/protocol/apis/list-config-resources";
import * as listGroups from "@ottla/protocol/apis/list-groups";
import * as listOffsets from "@ottla/protocol/apis/list-offsets";
import * as listReassignments from "@ottla/protocol/apis/list-partition-reassignments";
import * as listTransactions from "@ottla/protocol/apis/list-transactions";
import * as metadata from "@ottla/protocol/apis/metadata";
import * as offsetCommit from "@ottla/protocol/apis/offset-commit";
import * as offsetDelete from "@ottla/protocol/apis/offset-delete";
import * as offsetFetch from "@ottla/protocol/apis/offset-fetch";
import * as leaderEpoch from "@ottla/protocol/apis/offset-for-leader-epoch";
import * as produce from "@ottla/protocol/apis/produce";
import * as syncGroup from "@ottla/protocol/apis/sync-group";
import * as txnCommit from "@ottla/protocol/apis/txn-offset-commit";
import * as features from "@ottla/protocol/apis/update-features";
import * as markers from "@ottla/protocol/apis/write-txn-markers";
import { RecordBatchBuilder, setProducerState } from "@ottla/protocol/records";
import { batch, type Probe } from "../answers/probe.ts";

/** A request that is asked under every ACL; it leaves nothing behind that changes an answer. */
export interface GuardedRequest {
  readonly name: string;
  readonly ask: (probe: Probe, cell: number) => Promise<unknown>;
  /** Why the answers differ, where they rightly do. */
  readonly differs?: string;
}

const PRODUCER = { producerId: 987_654, producerEpoch: 3 };
const ANY_ACL = {
  resourceTypeFilter: 1,
  resourceNameFilter: null,
  patternTypeFilter: 1,
  principalFilter: null,
  hostFilter: null,
  operation: 1,
  permissionType: 1,
};
const GROUP = "group";
const ID = "transactional";

/** Two topics that are there, `seen` being the one that ACLs name, and one that is not. */
const topicsOf = (probe: Probe): string[] => ["seen", "other", "missing"].map((name) => probe.named(name));

function transactional(): Buffer {
  const builder = new RecordBatchBuilder({ limitBytes: 10_000, isTransactional: true });
  builder.append(null, Buffer.from("a"), [], Date.now());
  const bytes = builder.close("none");
  setProducerState(bytes, 0, PRODUCER.producerId, PRODUCER.producerEpoch, 0);
  return bytes;
}

function request(name: string, ask: GuardedRequest["ask"]): GuardedRequest {
  return { name, ask };
}

const partition0 = [0];

export const guardedRequests: readonly GuardedRequest[] = [
  request("Produce 9", (probe) =>
    probe.ask(
      produce.produceApi,
      9,
      produce.makeProduceRequest({
        acks: 1,
        timeoutMs: 5000,
        topicData: topicsOf(probe).map((name) =>
          produce.makeTopicProduceData({ name, partitionData: [produce.makePartitionProduceData({ index: 7, records: batch(["a"]) })] }),
        ),
      }),
    ),
  ),
  request("Produce 13, by id", (probe) =>
    probe.ask(
      produce.produceApi,
      13,
      produce.makeProduceRequest({
        acks: 1,
        timeoutMs: 5000,
        topicData: [probe.topicId("seen"), probe.topicId("other"), "AAAAAAAAAAAAAAAAAAAAAQ"].map((topicId) =>
          produce.makeTopicProduceData({ topicId, partitionData: [produce.makePartitionProduceData({ index: 7, records: batch(["a"]) })] }),
        ),
      }),
    ),
  ),
  request("Produce 9, of a transaction", (probe) =>
    probe.ask(
      produce.produceApi,
      9,
      produce.makeProduceRequest({
        acks: 1,
        timeoutMs: 5000,
        transactionalId: probe.named(ID),
        topicData: topicsOf(probe).map((name) =>
          produce.makeTopicProduceData({ name, partitionData: [produce.makePartitionProduceData({ index: 7, records: transactional() })] }),
        ),
      }),
    ),
  ),
  request("Produce 9, acks 0", (probe) =>
    probe.ask(
      produce.produceApi,
      9,
      produce.makeProduceRequest({
        acks: 0,
        timeoutMs: 5000,
        topicData: [probe.named("missing")].map((name) =>
          produce.makeTopicProduceData({ name, partitionData: [produce.makePartitionProduceData({ index: 7, records: batch(["a"]) })] }),
        ),
      }),
    ),
  ),
  ...[12, 13].flatMap((version) =>
    [-1, 1].map((replicaId) =>
      request(`Fetch ${version}${replicaId < 0 ? "" : ", as a replica"}`, (probe) =>
        probe.ask(
          fetch.fetchApi,
          version,
          fetch.makeFetchRequest({
            replicaId,
            maxWaitMs: 0,
            maxBytes: 1000,
            sessionEpoch: -1,
            topics: ["seen", "other", "missing"].map((name) =>
              fetch.makeFetchTopic({
                topic: probe.named(name),
                topicId: probe.topicIds.get(name) ?? "AAAAAAAAAAAAAAAAAAAAAQ",
                partitions: [fetch.makeFetchPartition({ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 })],
              }),
            ),
          }),
        ),
      ),
    ),
  ),
  request("ListOffsets 7", (probe) =>
    probe.ask(
      listOffsets.listOffsetsApi,
      7,
      listOffsets.makeListOffsetsRequest({
        topics: topicsOf(probe).map((name) =>
          listOffsets.makeListOffsetsTopic({
            name,
            partitions: [listOffsets.makeListOffsetsPartition({ partitionIndex: 0, currentLeaderEpoch: -1, timestamp: -1 })],
          }),
        ),
      }),
    ),
  ),
  ...[0, 1, 8, 10, 12].map((version) =>
    request(`Metadata ${version} of all`, (probe) =>
      probe.ask(
        metadata.metadataApi,
        version,
        metadata.makeMetadataRequest({
          topics: version === 0 ? [] : null,
          allowAutoTopicCreation: version < 4,
          includeClusterAuthorizedOperations: version >= 8 && version <= 10,
          includeTopicAuthorizedOperations: version >= 8,
        }),
      ),
    ),
  ),
  ...[0, 8, 12].flatMap((version) =>
    [false, true].map((creates) =>
      request(`Metadata ${version} by name${creates ? ", creating" : ""}`, (probe, cell) =>
        probe.ask(
          metadata.metadataApi,
          version,
          metadata.makeMetadataRequest({
            topics: ["seen", "other", creates || version < 4 ? `seen.fresh-${version}-${cell}` : "missing"].map((name) =>
              metadata.makeMetadataRequestTopic({ name: probe.named(name) }),
            ),
            allowAutoTopicCreation: creates || version < 4,
            includeTopicAuthorizedOperations: version >= 8,
          }),
        ),
      ),
    ),
  ),
  request("Metadata 12 by id", (probe) =>
    probe.ask(
      metadata.metadataApi,
      12,
      metadata.makeMetadataRequest({
        topics: [probe.topicId("seen"), probe.topicId("other"), "AAAAAAAAAAAAAAAAAAAAAQ"].map((topicId) =>
          metadata.makeMetadataRequestTopic({ name: null, topicId }),
        ),
        allowAutoTopicCreation: false,
      }),
    ),
  ),
  ...[8, 10].map((version) =>
    request(`OffsetCommit ${version}`, (probe) =>
      probe.ask(
        offsetCommit.offsetCommitApi,
        version,
        offsetCommit.makeOffsetCommitRequest({
          groupId: probe.named(GROUP),
          generationIdOrMemberEpoch: -1,
          topics: ["seen", "other", "missing"].map((name) =>
            offsetCommit.makeOffsetCommitRequestTopic({
              name: probe.named(name),
              topicId: version < 10 ? NIL_UUID : (probe.topicIds.get(name) ?? "AAAAAAAAAAAAAAAAAAAAAQ"),
              partitions: [offsetCommit.makeOffsetCommitRequestPartition({ partitionIndex: 0, committedOffset: 1, committedMetadata: "" })],
            }),
          ),
        }),
      ),
    ),
  ),
  ...[1, 7].flatMap((version) =>
    [false, true].flatMap((all) =>
      all && version < 2
        ? []
        : [
            request(`OffsetFetch ${version}${all ? " of all" : ""}`, (probe) =>
              probe.ask(
                offsetFetch.offsetFetchApi,
                version,
                offsetFetch.makeOffsetFetchRequest({
                  groupId: probe.named(GROUP),
                  topics: all
                    ? null
                    : topicsOf(probe).map((name) => offsetFetch.makeOffsetFetchRequestTopic({ name, partitionIndexes: partition0 })),
                }),
              ),
            ),
          ],
    ),
  ),
  ...[8, 10].flatMap((version) =>
    [false, true].map((all) =>
      request(`OffsetFetch ${version}${all ? " of all" : ""}`, (probe) =>
        probe.ask(
          offsetFetch.offsetFetchApi,
          version,
          offsetFetch.makeOffsetFetchRequest({
            groups: ["nobody", GROUP, "else"].map((group) =>
              offsetFetch.makeOffsetFetchRequestGroup({
                groupId: probe.named(group),
                topics: all
                  ? null
                  : ["seen", "other", "missing"].map((name) =>
                      offsetFetch.makeOffsetFetchRequestTopics({
                        name: probe.named(name),
                        topicId: version < 10 ? NIL_UUID : (probe.topicIds.get(name) ?? "AAAAAAAAAAAAAAAAAAAAAQ"),
                        partitionIndexes: partition0,
                      }),
                    ),
              }),
            ),
          }),
        ),
      ),
    ),
  ),
  ...[0, 1].flatMap((keyType) => [
    request(`FindCoordinator 3, type ${keyType}`, (probe) =>
      probe.ask(
        findCoordinator.findCoordinatorApi,
        3,
        findCoordinator.makeFindCoordinatorRequest({ key: probe.named(keyType === 0 ? GROUP : ID), keyType }),
      ),
    ),
    request(`FindCoordinator 4, type ${keyType}`, (probe) =>
      probe.ask(
        findCoordinator.findCoordinatorApi,
        4,
        findCoordinator.makeFindCoordinatorRequest({
          coordinatorKeys: ["nobody", keyType === 0 ? GROUP : ID, "else"].map((key) => probe.named(key)),
          keyType,
        }),
      ),
    ),
  ]),
  ...[5, 9].map((version) =>
    request(`JoinGroup ${version}`, (probe) =>
      probe.ask(
        joinGroup.joinGroupApi,
        version,
        joinGroup.makeJoinGroupRequest({
          groupId: probe.named(GROUP),
          memberId: "unknown",
          sessionTimeoutMs: 10_000,
          rebalanceTimeoutMs: 10_000,
          protocolType: "consumer",
          protocols: [joinGroup.makeJoinGroupRequestProtocol({ name: "range" })],
        }),
      ),
    ),
  ),
  request("Heartbeat 4", (probe) =>
    probe.ask(
      heartbeat.heartbeatApi,
      4,
      heartbeat.makeHeartbeatRequest({ groupId: probe.named(GROUP), memberId: "unknown", generationId: 1 }),
    ),
  ),
  ...[2, 5].map((version) =>
    request(`LeaveGroup ${version}`, (probe) =>
      probe.ask(
        leaveGroup.leaveGroupApi,
        version,
        leaveGroup.makeLeaveGroupRequest({
          groupId: probe.named(GROUP),
          ...(version < 3 ? { memberId: "unknown" } : { members: [leaveGroup.makeMemberIdentity({ memberId: "unknown" })] }),
        }),
      ),
    ),
  ),
  ...[null, "consumer"].map((protocolType) =>
    request(`SyncGroup 5, protocol ${protocolType}`, (probe) =>
      probe.ask(
        syncGroup.syncGroupApi,
        5,
        syncGroup.makeSyncGroupRequest({
          groupId: probe.named(GROUP),
          memberId: "unknown",
          generationId: 1,
          protocolType,
          protocolName: protocolType && "range",
        }),
      ),
    ),
  ),
  ...[5, 6].map((version) =>
    request(`DescribeGroups ${version}`, (probe) =>
      probe.ask(
        describeGroups.describeGroupsApi,
        version,
        describeGroups.makeDescribeGroupsRequest({
          groups: ["nobody", GROUP].map((group) => probe.named(group)),
          includeAuthorizedOperations: true,
        }),
      ),
    ),
  ),
  request("ListGroups 5", (probe) => probe.ask(listGroups.listGroupsApi, 5, listGroups.makeListGroupsRequest({}))),
  ...[2, 7].map((version) =>
    request(`CreateTopics ${version}`, async (probe) => {
      const answer = await probe.raw(
        createTopics.createTopicsApi,
        version,
        createTopics.makeCreateTopicsRequest({
          topics: ["seen.new", "other.new", "other.new", "other.twice"].map((name) =>
            createTopics.makeCreatableTopic({ name: probe.named(name), numPartitions: 1, replicationFactor: 1 }),
          ),
          timeoutMs: 5000,
          validateOnly: true,
        }),
      );
      if (typeof answer === "string") return answer;
      // Which settings there are is told elsewhere.
      return probe.comparable({ topics: answer.topics.map((topic) => ({ ...topic, configs: (topic.configs ?? []).length > 0 })) });
    }),
  ),
  ...[3, 6].map((version) =>
    request(`DeleteTopics ${version}`, (probe) => {
      const names = ["seen.doomed", "other.doomed", "missing"].map((name) => probe.named(name));
      return probe.ask(
        deleteTopics.deleteTopicsApi,
        version,
        deleteTopics.makeDeleteTopicsRequest({
          timeoutMs: 5000,
          ...(version < 6
            ? { topicNames: [names[2]!, probe.named("seen.missing")] }
            : { topics: [names[2]!, probe.named("seen.missing")].map((name) => deleteTopics.makeDeleteTopicState({ name })) }),
        }),
      );
    }),
  ),
  request("DeleteTopics 6, of what is there and doomed", (probe) =>
    probe.ask(
      deleteTopics.deleteTopicsApi,
      6,
      deleteTopics.makeDeleteTopicsRequest({
        timeoutMs: 5000,
        topics: [
          deleteTopics.makeDeleteTopicState({ name: probe.named("seen.doomed") }),
          deleteTopics.makeDeleteTopicState({ name: null, topicId: probe.topicId("doomed.by-id") }),
          deleteTopics.makeDeleteTopicState({ name: null, topicId: probe.topicId("seen.by-id") }),
          deleteTopics.makeDeleteTopicState({ name: null, topicId: "AAAAAAAAAAAAAAAAAAAAAQ" }),
        ],
      }),
    ),
  ),
  request("DeleteRecords 2", (probe) =>
    probe.ask(
      deleteRecords.deleteRecordsApi,
      2,
      deleteRecords.makeDeleteRecordsRequest({
        timeoutMs: 5000,
        topics: topicsOf(probe).map((name) =>
          deleteRecords.makeDeleteRecordsTopic({
            name,
            partitions: [deleteRecords.makeDeleteRecordsPartition({ partitionIndex: 0, offset: 0 })],
          }),
        ),
      }),
    ),
  ),
  request("InitProducerId 4", (probe) =>
    probe.ask(
      initProducer.initProducerIdApi,
      4,
      initProducer.makeInitProducerIdRequest({ transactionalId: null, transactionTimeoutMs: 10_000, producerId: -1, producerEpoch: -1 }),
    ),
  ),
  request("InitProducerId 4, with an id", (probe) =>
    probe.ask(
      initProducer.initProducerIdApi,
      4,
      initProducer.makeInitProducerIdRequest({ transactionalId: probe.named(ID), transactionTimeoutMs: 10_000, ...PRODUCER }),
    ),
  ),
  request("OffsetForLeaderEpoch 4", (probe) =>
    probe.ask(
      leaderEpoch.offsetForLeaderEpochApi,
      4,
      leaderEpoch.makeOffsetForLeaderEpochRequest({
        topics: topicsOf(probe).map((topic) =>
          leaderEpoch.makeOffsetForLeaderTopic({
            topic,
            partitions: [leaderEpoch.makeOffsetForLeaderPartition({ partition: 5, currentLeaderEpoch: -1, leaderEpoch: 0 })],
          }),
        ),
      }),
    ),
  ),
  request("AddPartitionsToTxn 3", (probe) =>
    probe.ask(
      addPartitions.addPartitionsToTxnApi,
      3,
      addPartitions.makeAddPartitionsToTxnRequest({
        v3AndBelowTransactionalId: probe.named(ID),
        v3AndBelowProducerId: PRODUCER.producerId,
        v3AndBelowProducerEpoch: PRODUCER.producerEpoch,
        v3AndBelowTopics: ["seen", "other"].map((name) =>
          addPartitions.makeAddPartitionsToTxnTopic({ name: probe.named(name), partitions: partition0 }),
        ),
      }),
    ),
  ),
  request("AddPartitionsToTxn 3, of one topic", (probe) =>
    probe.ask(
      addPartitions.addPartitionsToTxnApi,
      3,
      addPartitions.makeAddPartitionsToTxnRequest({
        v3AndBelowTransactionalId: probe.named(ID),
        v3AndBelowProducerId: PRODUCER.producerId,
        v3AndBelowProducerEpoch: PRODUCER.producerEpoch,
        v3AndBelowTopics: [addPartitions.makeAddPartitionsToTxnTopic({ name: probe.named("seen"), partitions: partition0 })],
      }),
    ),
  ),
  request("AddPartitionsToTxn 4", (probe) =>
    probe.ask(
      addPartitions.addPartitionsToTxnApi,
      4,
      addPartitions.makeAddPartitionsToTxnRequest({
        transactions: [
          addPartitions.makeAddPartitionsToTxnTransaction({
            transactionalId: probe.named(ID),
            ...PRODUCER,
            verifyOnly: true,
            topics: [addPartitions.makeAddPartitionsToTxnTopic({ name: probe.named("seen"), partitions: partition0 })],
          }),
        ],
      }),
    ),
  ),
  request("AddOffsetsToTxn 3", (probe) =>
    probe.ask(
      addOffsets.addOffsetsToTxnApi,
      3,
      addOffsets.makeAddOffsetsToTxnRequest({ transactionalId: probe.named(ID), ...PRODUCER, groupId: probe.named(GROUP) }),
    ),
  ),
  request("EndTxn 3", (probe) =>
    probe.ask(endTxn.endTxnApi, 3, endTxn.makeEndTxnRequest({ transactionalId: probe.named(ID), ...PRODUCER, committed: true })),
  ),
  request("WriteTxnMarkers 1", (probe) =>
    probe.ask(
      markers.writeTxnMarkersApi,
      1,
      markers.makeWriteTxnMarkersRequest({
        markers: [
          markers.makeWritableTxnMarker({
            ...PRODUCER,
            topics: [markers.makeWritableTxnMarkerTopic({ name: probe.named("missing"), partitionIndexes: partition0 })],
          }),
        ],
      }),
    ),
  ),
  ...[3, 6].map((version) =>
    request(`TxnOffsetCommit ${version}`, (probe) =>
      probe.ask(
        txnCommit.txnOffsetCommitApi,
        version,
        txnCommit.makeTxnOffsetCommitRequest({
          transactionalId: probe.named(ID),
          groupId: probe.named(GROUP),
          ...PRODUCER,
          topics: ["seen", "other", "missing"].map((name) =>
            txnCommit.makeTxnOffsetCommitRequestTopic({
              name: probe.named(name),
              topicId: version < 6 ? NIL_UUID : (probe.topicIds.get(name) ?? "AAAAAAAAAAAAAAAAAAAAAQ"),
              partitions: [txnCommit.makeTxnOffsetCommitRequestPartition({ partitionIndex: 9, committedOffset: 1 })],
            }),
          ),
        }),
      ),
    ),
  ),
  request("DescribeAcls 3", async (probe) => {
    const answer = await probe.raw(describeAcls.describeAclsApi, 3, describeAcls.makeDescribeAclsRequest(ANY_ACL));
    return typeof answer === "string" ? answer : { errorCode: answer.errorCode, some: answer.resources.length > 0 };
  }),
  request("CreateAcls 3, of a bad one", (probe) =>
    probe.ask(
      createAcls.createAclsApi,
      3,
      createAcls.makeCreateAclsRequest({
        creations: [
          createAcls.makeAclCreation({
            resourceType: 4,
            resourceName: "no-cluster",
            principal: "User:a",
            host: "*",
            operation: 3,
            permissionType: 3,
          }),
        ],
      }),
    ),
  ),
  request("DeleteAcls 3, of none", (probe) =>
    probe.ask(
      deleteAcls.deleteAclsApi,
      3,
      deleteAcls.makeDeleteAclsRequest({ filters: [deleteAcls.makeDeleteAclsFilter({ ...ANY_ACL, principalFilter: "User:nobody" })] }),
    ),
  ),
  request("DescribeConfigs 4", async (probe) => {
    const answer = await probe.raw(
      describeConfigs.describeConfigsApi,
      4,
      describeConfigs.makeDescribeConfigsRequest({
        resources: (
          [
            [2, probe.named("seen")],
            [2, probe.named("other")],
            [2, probe.named("missing")],
            [32, probe.named(GROUP)],
            [4, String(probe.nodeId)],
            [16, "metrics"],
          ] as const
        ).map(([resourceType, resourceName]) =>
          describeConfigs.makeDescribeConfigsResource({ resourceType, resourceName, configurationKeys: ["retention.ms"] }),
        ),
      }),
    );
    if (typeof answer === "string") return answer;
    return probe.comparable(
      answer.results.map(({ errorCode, resourceType, resourceName, configs }) => ({
        errorCode,
        resourceType,
        resourceName,
        some: configs.length > 0,
      })),
    );
  }),
  request("AlterConfigs 2", (probe) =>
    probe.ask(
      alterConfigs.alterConfigsApi,
      2,
      alterConfigs.makeAlterConfigsRequest({
        validateOnly: true,
        resources: (
          [
            [2, probe.named("seen")],
            [2, probe.named("other")],
            [4, ""],
          ] as const
        ).map(([resourceType, resourceName]) =>
          alterConfigs.makeAlterConfigsResource({
            resourceType,
            resourceName,
            // With eligible leader replicas Kafka lets nobody take this one away from the cluster.
            configs: resourceType === 4 ? [alterConfigs.makeAlterableConfig({ name: "min.insync.replicas", value: "1" })] : [],
          }),
        ),
      }),
    ),
  ),
  request("IncrementalAlterConfigs 1", (probe) =>
    probe.ask(
      incremental.incrementalAlterConfigsApi,
      1,
      incremental.makeIncrementalAlterConfigsRequest({
        validateOnly: true,
        resources: (
          [
            [2, probe.named("seen")],
            [2, probe.named("other")],
            [32, probe.named(GROUP)],
            [16, "metrics"],
            [4, ""],
          ] as const
        ).map(([resourceType, resourceName]) => incremental.makeAlterConfigsResource({ resourceType, resourceName, configs: [] })),
      }),
    ),
  ),
  request("AlterReplicaLogDirs 2", (probe) =>
    probe.ask(
      logDirs.alterReplicaLogDirsApi,
      2,
      logDirs.makeAlterReplicaLogDirsRequest({
        dirs: [
          logDirs.makeAlterReplicaLogDir({
            path: "/nowhere",
            topics: [logDirs.makeAlterReplicaLogDirTopic({ name: probe.named("seen"), partitions: partition0 })],
          }),
        ],
      }),
    ),
  ),
  request("DescribeLogDirs 4", async (probe) => {
    const answer = await probe.raw(describeLogDirs.describeLogDirsApi, 4, describeLogDirs.makeDescribeLogDirsRequest({ topics: [] }));
    return typeof answer === "string" ? answer : { errorCode: answer.errorCode, some: answer.results.length > 0 };
  }),
  request("CreatePartitions 3", (probe) =>
    probe.ask(
      createPartitions.createPartitionsApi,
      3,
      createPartitions.makeCreatePartitionsRequest({
        topics: ["seen", "other", "missing", "missing"].map((name) =>
          createPartitions.makeCreatePartitionsTopic({ name: probe.named(name), count: 3 }),
        ),
        timeoutMs: 5000,
        validateOnly: true,
      }),
    ),
  ),
  request("DeleteGroups 2", (probe) =>
    probe.ask(
      deleteGroups.deleteGroupsApi,
      2,
      deleteGroups.makeDeleteGroupsRequest({ groupsNames: ["nobody", `${GROUP}.gone`].map((name) => probe.named(name)) }),
    ),
  ),
  request("ElectLeaders 2", (probe) =>
    probe.ask(
      elect.electLeadersApi,
      2,
      elect.makeElectLeadersRequest({
        timeoutMs: 5000,
        topicPartitions: [elect.makeTopicPartitions({ topic: probe.named("seen"), partitions: partition0 })],
      }),
    ),
  ),
  request("AlterPartitionReassignments 0", (probe) =>
    probe.ask(
      reassign.alterPartitionReassignmentsApi,
      0,
      reassign.makeAlterPartitionReassignmentsRequest({
        timeoutMs: 5000,
        topics: [
          reassign.makeReassignableTopic({
            name: probe.named("seen"),
            partitions: [reassign.makeReassignablePartition({ partitionIndex: 0, replicas: null })],
          }),
        ],
      }),
    ),
  ),
  request("ListPartitionReassignments 0", (probe) =>
    probe.ask(
      listReassignments.listPartitionReassignmentsApi,
      0,
      listReassignments.makeListPartitionReassignmentsRequest({ timeoutMs: 5000, topics: null }),
    ),
  ),
  request("OffsetDelete 0", (probe) =>
    probe.ask(
      offsetDelete.offsetDeleteApi,
      0,
      offsetDelete.makeOffsetDeleteRequest({
        groupId: probe.named(GROUP),
        topics: topicsOf(probe).map((name) =>
          offsetDelete.makeOffsetDeleteRequestTopic({
            name,
            partitions: [offsetDelete.makeOffsetDeleteRequestPartition({ partitionIndex: 9 })],
          }),
        ),
      }),
    ),
  ),
  request("DescribeQuorum 2", async (probe) => {
    const answer = await probe.raw(
      describeQuorum.describeQuorumApi,
      2,
      describeQuorum.makeDescribeQuorumRequest({
        topics: [
          describeQuorum.makeDescribeQuorumRequestTopicData({
            topicName: "__cluster_metadata",
            partitions: [describeQuorum.makeDescribeQuorumRequestPartitionData({ partitionIndex: 0 })],
          }),
        ],
      }),
    );
    return typeof answer === "string" ? answer : { errorCode: answer.errorCode, some: answer.topics.length > 0 };
  }),
  request("UpdateFeatures 1", async (probe) => {
    const answer = await probe.raw(
      features.updateFeaturesApi,
      1,
      features.makeUpdateFeaturesRequest({
        timeoutMs: 5000,
        validateOnly: true,
        featureUpdates: [features.makeFeatureUpdateKey({ feature: "no.such.feature", maxVersionLevel: 1, upgradeType: 1 })],
      }),
    );
    return typeof answer === "string" ? answer : answer.errorCode === 31;
  }),
  request("DescribeCluster 1", (probe) =>
    probe.ask(
      describeCluster.describeClusterApi,
      1,
      describeCluster.makeDescribeClusterRequest({ includeClusterAuthorizedOperations: true }),
    ),
  ),
  request("DescribeProducers 0", (probe) =>
    probe.ask(
      describeProducers.describeProducersApi,
      0,
      describeProducers.makeDescribeProducersRequest({
        topics: [...topicsOf(probe), "bad name"].map((name) => describeProducers.makeTopicRequest({ name, partitionIndexes: partition0 })),
      }),
    ),
  ),
  request("DescribeTransactions 0", (probe) =>
    probe.ask(
      describeTransactions.describeTransactionsApi,
      0,
      describeTransactions.makeDescribeTransactionsRequest({ transactionalIds: ["nobody", ID, "else"].map((id) => probe.named(id)) }),
    ),
  ),
  request("ListTransactions 1", (probe) =>
    probe.ask(listTransactions.listTransactionsApi, 1, listTransactions.makeListTransactionsRequest({})),
  ),
  ...[["seen"], ["seen", "other"], null].map((names) =>
    request(`ConsumerGroupHeartbeat 1 ${names}`, (probe) =>
      probe.ask(
        groupHeartbeat.consumerGroupHeartbeatApi,
        1,
        groupHeartbeat.makeConsumerGroupHeartbeatRequest({
          groupId: probe.named(GROUP),
          memberId: "unknown",
          memberEpoch: 7,
          subscribedTopicNames: names && names.map((name) => probe.named(name)),
        }),
      ),
    ),
  ),
  request("ConsumerGroupDescribe 1", (probe) =>
    probe.ask(
      groupDescribe.consumerGroupDescribeApi,
      1,
      groupDescribe.makeConsumerGroupDescribeRequest({
        groupIds: ["nobody", GROUP].map((group) => probe.named(group)),
        includeAuthorizedOperations: true,
      }),
    ),
  ),
  request("ListConfigResources 1", async (probe) => {
    const answer = await probe.raw(listConfigs.listConfigResourcesApi, 1, listConfigs.makeListConfigResourcesRequest({}));
    return typeof answer === "string" ? answer : { errorCode: answer.errorCode, some: answer.configResources.length > 0 };
  }),
  ...[false, true].map((all) =>
    request(`DescribeTopicPartitions 0${all ? " of all" : ""}`, async (probe) => {
      const answer = await probe.raw(
        describePartitions.describeTopicPartitionsApi,
        0,
        describePartitions.makeDescribeTopicPartitionsRequest({
          topics: all ? [] : topicsOf(probe).map((name) => describePartitions.makeTopicRequest({ name })),
          responsePartitionLimit: 1000,
        }),
      );
      if (typeof answer === "string") return answer;
      return probe.comparable(
        answer.topics.map(({ errorCode, name, topicId, topicAuthorizedOperations }) => ({
          errorCode,
          name,
          hasId: topicId !== NIL_UUID,
          topicAuthorizedOperations,
        })),
      );
    }),
  ),
];
