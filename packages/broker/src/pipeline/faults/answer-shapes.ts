import type { ErrorName } from "@ottla/protocol";
import { makeAddOffsetsToTxnResponse } from "@ottla/protocol/apis/add-offsets-to-txn";
import {
  makeAddPartitionsToTxnPartitionResult,
  makeAddPartitionsToTxnResponse,
  makeAddPartitionsToTxnResult,
  makeAddPartitionsToTxnTopicResult,
} from "@ottla/protocol/apis/add-partitions-to-txn";
import * as streamsGroupDescribe from "@ottla/protocol/apis/streams-group-describe";
import { makeStreamsGroupHeartbeatResponse } from "@ottla/protocol/apis/streams-group-heartbeat";
import * as alterClientQuotas from "@ottla/protocol/apis/alter-client-quotas";
import * as alterConfigs from "@ottla/protocol/apis/alter-configs";
import * as alterPartitionReassignments from "@ottla/protocol/apis/alter-partition-reassignments";
import * as alterReplicaLogDirs from "@ottla/protocol/apis/alter-replica-log-dirs";
import * as alterScram from "@ottla/protocol/apis/alter-user-scram-credentials";
import { makeApiVersionsResponse } from "@ottla/protocol/apis/api-versions";
import * as consumerGroupDescribe from "@ottla/protocol/apis/consumer-group-describe";
import { makeConsumerGroupHeartbeatResponse } from "@ottla/protocol/apis/consumer-group-heartbeat";
import * as createAcls from "@ottla/protocol/apis/create-acls";
import * as createPartitions from "@ottla/protocol/apis/create-partitions";
import * as createTopics from "@ottla/protocol/apis/create-topics";
import * as deleteGroups from "@ottla/protocol/apis/delete-groups";
import * as deleteRecords from "@ottla/protocol/apis/delete-records";
import * as deleteTopics from "@ottla/protocol/apis/delete-topics";
import * as deleteAcls from "@ottla/protocol/apis/delete-acls";
import { makeCreateDelegationTokenResponse } from "@ottla/protocol/apis/create-delegation-token";
import { makeDescribeDelegationTokenResponse } from "@ottla/protocol/apis/describe-delegation-token";
import { makeExpireDelegationTokenResponse } from "@ottla/protocol/apis/expire-delegation-token";
import { makeRenewDelegationTokenResponse } from "@ottla/protocol/apis/renew-delegation-token";
import { makeDescribeAclsResponse } from "@ottla/protocol/apis/describe-acls";
import { makeDescribeClientQuotasResponse } from "@ottla/protocol/apis/describe-client-quotas";
import { makeDescribeClusterResponse } from "@ottla/protocol/apis/describe-cluster";
import * as describeConfigs from "@ottla/protocol/apis/describe-configs";
import * as describeGroups from "@ottla/protocol/apis/describe-groups";
import { makeDescribeLogDirsResponse, makeDescribeLogDirsResult } from "@ottla/protocol/apis/describe-log-dirs";
import * as describeProducers from "@ottla/protocol/apis/describe-producers";
import { makeDescribeQuorumResponse } from "@ottla/protocol/apis/describe-quorum";
import * as describeTopicPartitions from "@ottla/protocol/apis/describe-topic-partitions";
import * as describeTransactions from "@ottla/protocol/apis/describe-transactions";
import * as electLeaders from "@ottla/protocol/apis/elect-leaders";
import { makeDescribeUserScramCredentialsResponse } from "@ottla/protocol/apis/describe-user-scram-credentials";
import { makeEndTxnResponse } from "@ottla/protocol/apis/end-txn";
import * as fetch from "@ottla/protocol/apis/fetch";
import * as findCoordinator from "@ottla/protocol/apis/find-coordinator";
import { makeHeartbeatResponse } from "@ottla/protocol/apis/heartbeat";
import * as incrementalAlterConfigs from "@ottla/protocol/apis/incremental-alter-configs";
import { makeInitProducerIdResponse } from "@ottla/protocol/apis/init-producer-id";
import { makeJoinGroupResponse } from "@ottla/protocol/apis/join-group";
import { makeLeaveGroupResponse } from "@ottla/protocol/apis/leave-group";
import { makeListConfigResourcesResponse } from "@ottla/protocol/apis/list-config-resources";
import { makeListGroupsResponse } from "@ottla/protocol/apis/list-groups";
import * as listOffsets from "@ottla/protocol/apis/list-offsets";
import { makeListPartitionReassignmentsResponse } from "@ottla/protocol/apis/list-partition-reassignments";
import { makeListTransactionsResponse } from "@ottla/protocol/apis/list-transactions";
import * as metadata from "@ottla/protocol/apis/metadata";
import * as offsetCommit from "@ottla/protocol/apis/offset-commit";
import * as offsetDelete from "@ottla/protocol/apis/offset-delete";
import * as offsetFetch from "@ottla/protocol/apis/offset-fetch";
import * as leaderEpoch from "@ottla/protocol/apis/offset-for-leader-epoch";
import * as produce from "@ottla/protocol/apis/produce";
import { makeSaslAuthenticateResponse } from "@ottla/protocol/apis/sasl-authenticate";
import { makeSaslHandshakeResponse } from "@ottla/protocol/apis/sasl-handshake";
import { makeSyncGroupResponse } from "@ottla/protocol/apis/sync-group";
import * as txnOffsetCommit from "@ottla/protocol/apis/txn-offset-commit";
import { makeUpdateFeaturesResponse } from "@ottla/protocol/apis/update-features";
import * as writeTxnMarkers from "@ottla/protocol/apis/write-txn-markers";
import type { ApiName } from "./fault-spec.ts";

/** A list of a request, and the list of the answer that says what became of each of its elements. */
export interface ListShape {
  readonly asked: string;
  readonly answered: string;
  /** An element of the answer with its defaults; it has an error, or it is `below` that has. */
  readonly make: (fields: object) => object;
  readonly below?: ListShape;
  /** An error leaves the rest of the element as the broker answered it. */
  readonly keepsRest?: true;
  /** Its `errorMessage` cannot be told in all versions. */
  readonly isWordless?: true;
}

/** Where errors stand in the answer of one API. */
export interface AnswerShape {
  readonly make: (fields: object) => object;
  /** What the request lists; the first that has elements counts, as newer versions ask in another list than older ones. */
  readonly lists: readonly ListShape[];
  /** Errors of the answer as a whole. "unnamed": all, unless the fault names a topic or partition; "never": it has no such field. */
  readonly top: "unnamed" | "never" | readonly ErrorName[];
  /** The request is handled, and the errors are laid over the answer: it may be about more than the request lists. */
  readonly isOverlaid?: true;
}

function list(asked: string, answered: string, make: (fields: never) => object, below?: ListShape): ListShape {
  return { asked, answered, make: make as ListShape["make"], ...(below && { below }) };
}

/** An answer with one error, or one whose lists say no more. */
function whole(make: (fields: never) => object): AnswerShape {
  return { make: make as AnswerShape["make"], lists: [], top: "unnamed" };
}

/** An answer with an error for each element, and perhaps for the whole. */
function perElement(make: (fields: never) => object, lists: readonly ListShape[], top: AnswerShape["top"] = "never"): AnswerShape {
  return { make: make as AnswerShape["make"], lists, top };
}

const SESSION_ERRORS = [
  "FETCH_SESSION_ID_NOT_FOUND",
  "INVALID_FETCH_SESSION_EPOCH",
  "FETCH_SESSION_TOPIC_ID_ERROR",
  "INCONSISTENT_TOPIC_ID",
] as const;

const txnTopics = (asked: string, answered: string): ListShape =>
  list(asked, answered, makeAddPartitionsToTxnTopicResult, list("partitions", "resultsByPartition", makeAddPartitionsToTxnPartitionResult));

/** Versions 1 and 2 have errors of directories alone. */
function logDirsAnswer(fields: { readonly errorCode?: number }): object {
  const { errorCode = 0 } = fields;
  return makeDescribeLogDirsResponse({ ...fields, results: errorCode === 0 ? [] : [makeDescribeLogDirsResult({ errorCode })] });
}

/** By API. */
export const answerShapes: Readonly<Partial<Record<ApiName, AnswerShape>>> = {
  Produce: perElement(produce.makeProduceResponse, [
    list(
      "topicData",
      "responses",
      produce.makeTopicProduceResponse,
      list("partitionData", "partitionResponses", produce.makePartitionProduceResponse),
    ),
  ]),
  Fetch: {
    ...perElement(
      fetch.makeFetchResponse,
      [list("topics", "responses", fetch.makeFetchableTopicResponse, list("partitions", "partitions", fetch.makePartitionData))],
      SESSION_ERRORS,
    ),
    isOverlaid: true,
  },
  ListOffsets: perElement(listOffsets.makeListOffsetsResponse, [
    list(
      "topics",
      "topics",
      listOffsets.makeListOffsetsTopicResponse,
      list("partitions", "partitions", listOffsets.makeListOffsetsPartitionResponse),
    ),
  ]),
  Metadata: {
    ...perElement(
      metadata.makeMetadataResponse,
      [
        list("topics", "topics", metadata.makeMetadataResponseTopic, {
          ...list("partitions", "partitions", metadata.makeMetadataResponsePartition),
          keepsRest: true,
        }),
      ],
      ["REBOOTSTRAP_REQUIRED"],
    ),
    isOverlaid: true,
  },
  OffsetCommit: perElement(offsetCommit.makeOffsetCommitResponse, [
    list(
      "topics",
      "topics",
      offsetCommit.makeOffsetCommitResponseTopic,
      list("partitions", "partitions", offsetCommit.makeOffsetCommitResponsePartition),
    ),
  ]),
  OffsetFetch: perElement(
    offsetFetch.makeOffsetFetchResponse,
    [
      list(
        "groups",
        "groups",
        offsetFetch.makeOffsetFetchResponseGroup,
        list(
          "topics",
          "topics",
          offsetFetch.makeOffsetFetchResponseTopics,
          list("partitionIndexes", "partitions", offsetFetch.makeOffsetFetchResponsePartitions),
        ),
      ),
      list(
        "topics",
        "topics",
        offsetFetch.makeOffsetFetchResponseTopic,
        list("partitionIndexes", "partitions", offsetFetch.makeOffsetFetchResponsePartition),
      ),
    ],
    "never",
  ),
  FindCoordinator: perElement(
    findCoordinator.makeFindCoordinatorResponse,
    [list("coordinatorKeys", "coordinators", findCoordinator.makeCoordinator)],
    "never",
  ),
  JoinGroup: whole(makeJoinGroupResponse),
  Heartbeat: whole(makeHeartbeatResponse),
  LeaveGroup: whole(makeLeaveGroupResponse),
  SyncGroup: whole(makeSyncGroupResponse),
  DescribeGroups: perElement(describeGroups.makeDescribeGroupsResponse, [
    { ...list("groups", "groups", describeGroups.makeDescribedGroup), isWordless: true },
  ]),
  ListGroups: whole(makeListGroupsResponse),
  ApiVersions: whole(makeApiVersionsResponse),
  CreateTopics: perElement(createTopics.makeCreateTopicsResponse, [list("topics", "topics", createTopics.makeCreatableTopicResult)]),
  DeleteTopics: perElement(deleteTopics.makeDeleteTopicsResponse, [
    list("topics", "responses", deleteTopics.makeDeletableTopicResult),
    list("topicNames", "responses", deleteTopics.makeDeletableTopicResult),
  ]),
  DeleteRecords: perElement(deleteRecords.makeDeleteRecordsResponse, [
    list(
      "topics",
      "topics",
      deleteRecords.makeDeleteRecordsTopicResult,
      list("partitions", "partitions", deleteRecords.makeDeleteRecordsPartitionResult),
    ),
  ]),
  InitProducerId: whole(makeInitProducerIdResponse),
  OffsetForLeaderEpoch: perElement(leaderEpoch.makeOffsetForLeaderEpochResponse, [
    list("topics", "topics", leaderEpoch.makeOffsetForLeaderTopicResult, list("partitions", "partitions", leaderEpoch.makeEpochEndOffset)),
  ]),
  AddPartitionsToTxn: perElement(makeAddPartitionsToTxnResponse, [
    list("transactions", "resultsByTransaction", makeAddPartitionsToTxnResult, txnTopics("topics", "topicResults")),
    txnTopics("v3AndBelowTopics", "resultsByTopicV3AndBelow"),
  ]),
  AddOffsetsToTxn: whole(makeAddOffsetsToTxnResponse),
  EndTxn: whole(makeEndTxnResponse),
  WriteTxnMarkers: perElement(writeTxnMarkers.makeWriteTxnMarkersResponse, [
    list(
      "markers",
      "markers",
      writeTxnMarkers.makeWritableTxnMarkerResult,
      list(
        "topics",
        "topics",
        writeTxnMarkers.makeWritableTxnMarkerTopicResult,
        list("partitionIndexes", "partitions", writeTxnMarkers.makeWritableTxnMarkerPartitionResult),
      ),
    ),
  ]),
  TxnOffsetCommit: perElement(txnOffsetCommit.makeTxnOffsetCommitResponse, [
    list(
      "topics",
      "topics",
      txnOffsetCommit.makeTxnOffsetCommitResponseTopic,
      list("partitions", "partitions", txnOffsetCommit.makeTxnOffsetCommitResponsePartition),
    ),
  ]),
  DescribeAcls: whole(makeDescribeAclsResponse),
  CreateAcls: perElement(createAcls.makeCreateAclsResponse, [list("creations", "results", createAcls.makeAclCreationResult)]),
  DeleteAcls: perElement(deleteAcls.makeDeleteAclsResponse, [list("filters", "filterResults", deleteAcls.makeDeleteAclsFilterResult)]),
  DescribeConfigs: perElement(describeConfigs.makeDescribeConfigsResponse, [
    list("resources", "results", describeConfigs.makeDescribeConfigsResult),
  ]),
  AlterConfigs: perElement(alterConfigs.makeAlterConfigsResponse, [
    list("resources", "responses", alterConfigs.makeAlterConfigsResourceResponse),
  ]),
  AlterReplicaLogDirs: perElement(alterReplicaLogDirs.makeAlterReplicaLogDirsResponse, [
    list(
      "topics",
      "results",
      alterReplicaLogDirs.makeAlterReplicaLogDirTopicResult,
      list("partitions", "partitions", alterReplicaLogDirs.makeAlterReplicaLogDirPartitionResult),
    ),
  ]),
  DescribeLogDirs: whole(logDirsAnswer),
  CreatePartitions: perElement(createPartitions.makeCreatePartitionsResponse, [
    list("topics", "results", createPartitions.makeCreatePartitionsTopicResult),
  ]),
  DeleteGroups: perElement(deleteGroups.makeDeleteGroupsResponse, [list("groupsNames", "results", deleteGroups.makeDeletableGroupResult)]),
  ElectLeaders: perElement(electLeaders.makeElectLeadersResponse, [
    list(
      "topicPartitions",
      "replicaElectionResults",
      electLeaders.makeReplicaElectionResult,
      list("partitions", "partitionResult", electLeaders.makePartitionResult),
    ),
  ]),
  IncrementalAlterConfigs: perElement(incrementalAlterConfigs.makeIncrementalAlterConfigsResponse, [
    list("resources", "responses", incrementalAlterConfigs.makeAlterConfigsResourceResponse),
  ]),
  AlterPartitionReassignments: perElement(
    alterPartitionReassignments.makeAlterPartitionReassignmentsResponse,
    [
      list(
        "topics",
        "responses",
        alterPartitionReassignments.makeReassignableTopicResponse,
        list("partitions", "partitions", alterPartitionReassignments.makeReassignablePartitionResponse),
      ),
    ],
    "unnamed",
  ),
  ListPartitionReassignments: whole(makeListPartitionReassignmentsResponse),
  OffsetDelete: perElement(
    offsetDelete.makeOffsetDeleteResponse,
    [
      list(
        "topics",
        "topics",
        offsetDelete.makeOffsetDeleteResponseTopic,
        list("partitions", "partitions", offsetDelete.makeOffsetDeleteResponsePartition),
      ),
    ],
    "unnamed",
  ),
  CreateDelegationToken: whole(makeCreateDelegationTokenResponse),
  RenewDelegationToken: whole(makeRenewDelegationTokenResponse),
  ExpireDelegationToken: whole(makeExpireDelegationTokenResponse),
  DescribeDelegationToken: whole(makeDescribeDelegationTokenResponse),
  DescribeUserScramCredentials: whole(makeDescribeUserScramCredentialsResponse),
  AlterUserScramCredentials: perElement(alterScram.makeAlterUserScramCredentialsResponse, [
    list("deletions", "results", alterScram.makeAlterUserScramCredentialsResult),
    list("upsertions", "results", alterScram.makeAlterUserScramCredentialsResult),
  ]),
  SaslHandshake: whole(makeSaslHandshakeResponse),
  SaslAuthenticate: whole(makeSaslAuthenticateResponse),
  DescribeClientQuotas: whole(makeDescribeClientQuotasResponse),
  AlterClientQuotas: perElement(alterClientQuotas.makeAlterClientQuotasResponse, [
    list("entries", "entries", alterClientQuotas.makeAlterClientQuotasResponseEntryData),
  ]),
  DescribeQuorum: whole(makeDescribeQuorumResponse),
  UpdateFeatures: whole(makeUpdateFeaturesResponse),
  DescribeCluster: whole(makeDescribeClusterResponse),
  DescribeProducers: perElement(describeProducers.makeDescribeProducersResponse, [
    list(
      "topics",
      "topics",
      describeProducers.makeTopicResponse,
      list("partitionIndexes", "partitions", describeProducers.makePartitionResponse),
    ),
  ]),
  DescribeTransactions: perElement(describeTransactions.makeDescribeTransactionsResponse, [
    list("transactionalIds", "transactionStates", describeTransactions.makeTransactionState),
  ]),
  ListTransactions: whole(makeListTransactionsResponse),
  ConsumerGroupHeartbeat: whole(makeConsumerGroupHeartbeatResponse),
  ConsumerGroupDescribe: perElement(consumerGroupDescribe.makeConsumerGroupDescribeResponse, [
    list("groupIds", "groups", consumerGroupDescribe.makeDescribedGroup),
  ]),
  StreamsGroupHeartbeat: whole(makeStreamsGroupHeartbeatResponse),
  StreamsGroupDescribe: perElement(streamsGroupDescribe.makeStreamsGroupDescribeResponse, [
    list("groupIds", "groups", streamsGroupDescribe.makeDescribedGroup),
  ]),
  ListConfigResources: whole(makeListConfigResourcesResponse),
  DescribeTopicPartitions: {
    ...perElement(describeTopicPartitions.makeDescribeTopicPartitionsResponse, [
      list("topics", "topics", describeTopicPartitions.makeDescribeTopicPartitionsResponseTopic, {
        ...list("partitions", "partitions", describeTopicPartitions.makeDescribeTopicPartitionsResponsePartition),
        keepsRest: true,
      }),
    ]),
    isOverlaid: true,
  },
};
