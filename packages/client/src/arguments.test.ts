// Every public call of consumer and admin with every argument of the wrong kind: the call fails, its message names the argument, and nobody is asked.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { metadataApi } from "@ottla/protocol/apis/metadata";
import type { Admin } from "./admin/admin-types.ts";
import { ClientError } from "./client-error.ts";
import { createClient } from "./client.ts";
import type { Consumer } from "./consumer/consumer-types.ts";
import type { ShareConsumer } from "./share/share-types.ts";
import { ScriptedBroker } from "./testing/scripted-broker.ts";
import { makeWorld } from "./testing/simulated-world.ts";

/** `good` with one thing wrong at a time: the path of what is wrong, and the values it is tried with. */
interface Case {
  readonly good: readonly unknown[];
  readonly wrong: Readonly<Record<string, readonly unknown[]>>;
}

const noText = [undefined, null, 5, {}, [], () => "x"];
const noName = [...noText, "", "x".repeat(40_000)];
const noTopic = [...noName, "a b", ".", "x".repeat(250)];
const noPartition = [undefined, null, "0", -1, 0.5, Number.NaN, 2 ** 31, 1n];
const noOffset = [undefined, null, "0", -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53];
const noTime = [null, "5", -1, Number.NaN, true];
const noCount = [null, "1", 0, 0.5, Number.NaN, 1n];
const noList = [null, "t", 5, {}, new Set(["t"])];
const noObject = [null, 5, "x", []];
const noSignal = [null, "stop", {}, new AbortController()];
const noFunction = [null, 5, "f", {}];
const noBoolean = [null, 0, "true"];

const at = { topic: "t", partition: 0 };
const options = { options: noObject, "options.timeoutMs": noTime, "options.signal": noSignal };
const listOfPartitions = (name: string, isOptional = false) => ({
  [name]: isOptional ? noList : [undefined, ...noList],
  [`${name}.0`]: [undefined, ...noObject],
  [`${name}.0.topic`]: noTopic,
  [`${name}.0.partition`]: noPartition,
});
const onePartition = { partition: [undefined, ...noObject], "partition.topic": noTopic, "partition.partition": noPartition };

type Checked<T> = {
  readonly [Call in Exclude<keyof T, typeof Symbol.asyncDispose>]: readonly [parameters: readonly string[], Case] | "takes nothing";
};

const consumerCalls: Checked<Consumer> = {
  subscribe: [
    ["topics", "listener"],
    {
      good: [["t"], {}],
      wrong: {
        topics: [undefined, ...noTopic.filter((each) => !Array.isArray(each)), []],
        "topics.0": noTopic,
        listener: noObject,
        "listener.onAssigned": noFunction,
        "listener.onRevoked": noFunction,
        "listener.onLost": noFunction,
      },
    },
  ],
  assign: [["partitions"], { good: [[at]], wrong: listOfPartitions("partitions") }],
  unsubscribe: "takes nothing",
  assignment: "takes nothing",
  poll: [
    ["timeoutMs", "options"],
    { good: [1, {}], wrong: { timeoutMs: [undefined, ...noTime], options: noObject, "options.signal": noSignal } },
  ],
  batches: [["options"], { good: [{}], wrong: { options: noObject, "options.signal": noSignal } }],
  records: [["options"], { good: [{}], wrong: { options: noObject, "options.signal": noSignal } }],
  wakeup: "takes nothing",
  seek: [
    ["partition", "offset", "leaderEpoch"],
    { good: [at, 0, 0], wrong: { ...onePartition, offset: noOffset, leaderEpoch: [null, "0", -2, 0.5, Number.NaN, 2 ** 31] } },
  ],
  seekToBeginning: [["partitions"], { good: [[at]], wrong: listOfPartitions("partitions", true) }],
  seekToEnd: [["partitions"], { good: [[at]], wrong: listOfPartitions("partitions", true) }],
  pause: [["partitions"], { good: [[at]], wrong: listOfPartitions("partitions") }],
  resume: [["partitions"], { good: [[at]], wrong: listOfPartitions("partitions") }],
  paused: "takes nothing",
  position: [["partition", "options"], { good: [at, {}], wrong: { ...onePartition, ...options } }],
  currentLag: [["partition"], { good: [at], wrong: onePartition }],
  commit: [
    ["offsets", "options"],
    {
      good: [[{ ...at, offset: 1 }], {}],
      wrong: {
        "offsets.0": [undefined, ...noObject],
        "offsets.0.topic": noTopic,
        "offsets.0.partition": noPartition,
        "offsets.0.offset": noOffset,
        "offsets.0.metadata": [null, 5],
        "offsets.0.leaderEpoch": [null, "0", -2, 0.5],
        ...options,
      },
    },
  ],
  commitAsync: [
    ["offsets", "onDone"],
    { good: [[{ ...at, offset: 1 }], () => {}], wrong: { "offsets.0.offset": noOffset, onDone: noFunction } },
  ],
  committed: [["partitions", "options"], { good: [[at], {}], wrong: { ...listOfPartitions("partitions"), ...options } }],
  offsetsForTimes: [
    ["query", "options"],
    {
      good: [[{ ...at, timestamp: 1 }], {}],
      wrong: { ...listOfPartitions("query"), "query.0.timestamp": [undefined, ...noTime, 0.5, Number.POSITIVE_INFINITY], ...options },
    },
  ],
  beginningOffsets: [["partitions", "options"], { good: [[at], {}], wrong: { ...listOfPartitions("partitions"), ...options } }],
  endOffsets: [["partitions", "options"], { good: [[at], {}], wrong: { ...listOfPartitions("partitions"), ...options } }],
  run: [
    ["options"],
    {
      good: [
        {
          eachRecord: () => {},
          concurrency: 1,
          orderBy: "key",
          outstandingMax: 1,
          onError: {
            attempts: 1,
            backoffMs: 1,
            backoffMaxMs: 1,
            retryTopics: [{ delayMs: 1, topic: "r" }],
            deadLetterTopic: "d",
            createTopics: true,
          },
          deduplicate: { by: "key", windowMs: 1, entriesMax: 1 },
          circuitBreaker: { failures: 1, pauseMs: 1 },
          drainTimeoutMs: 1,
          stuckAfterMs: 1,
          handleSignals: [],
        },
      ],
      wrong: {
        options: [undefined, ...noObject],
        "options.eachRecord": [undefined, ...noFunction],
        "options.concurrency": noCount,
        "options.orderBy": [null, 5, "Key"],
        "options.outstandingMax": noCount,
        "options.onError": noObject,
        "options.onError.attempts": noCount,
        "options.onError.backoffMs": noTime,
        "options.onError.retryTopics": noList,
        "options.onError.retryTopics.0": [undefined, ...noObject],
        "options.onError.retryTopics.0.delayMs": [undefined, ...noTime],
        "options.onError.retryTopics.0.topic": noTopic.filter((each) => each !== undefined),
        "options.onError.deadLetterTopic": noTopic.filter((each) => each !== undefined),
        "options.onError.createTopics": noBoolean,
        "options.deduplicate": noObject,
        "options.deduplicate.by": [undefined, null, 5, "value", {}],
        "options.circuitBreaker": noObject,
        "options.circuitBreaker.failures": noCount,
        "options.drainTimeoutMs": noTime,
        "options.handleSignals": [null, 5, "SIGTERM", [5]],
      },
    },
  ],
  health: "takes nothing",
  groupMetadata: "takes nothing",
  membershipLeftMs: "takes nothing",
  enforceRebalance: [["reason"], { good: ["why"], wrong: { reason: [null, 5, {}] } }],
  close: [["options"], { good: [{}], wrong: { options: noObject, "options.timeoutMs": noTime, "options.loopTimeoutMs": noTime } }],
};

const shareCalls: Checked<ShareConsumer> = {
  subscribe: [
    ["topics"],
    { good: [["t"]], wrong: { topics: [undefined, ...noTopic.filter((each) => !Array.isArray(each)), []], "topics.0": noTopic } },
  ],
  subscription: "takes nothing",
  unsubscribe: "takes nothing",
  assignment: "takes nothing",
  poll: [
    ["timeoutMs", "options"],
    { good: [0, {}], wrong: { timeoutMs: [undefined, ...noTime], options: noObject, "options.signal": noSignal } },
  ],
  records: [["options"], { good: [{}], wrong: { options: noObject, "options.signal": noSignal } }],
  wakeup: "takes nothing",
  acknowledge: [
    ["record", "type"],
    { good: [{}, "accept"], wrong: { record: [undefined, ...noObject], type: [null, 5, "renew", "Accept"] } },
  ],
  commit: [["options"], { good: [{}], wrong: options }],
  commitAsync: [["onDone"], { good: [() => {}], wrong: { onDone: noFunction } }],
  acquisitionLockTimeoutMs: "takes nothing",
  run: [
    ["options"],
    {
      good: [{ eachRecord: () => {}, concurrency: 2, onError: { attempts: 2, decide: () => undefined }, handleSignals: ["SIGTERM"] }],
      wrong: {
        options: [undefined, ...noObject],
        "options.eachRecord": [undefined, ...noFunction],
        "options.concurrency": noCount,
        "options.onError": noObject,
        "options.onError.attempts": noCount,
        "options.onError.backoffMs": noTime,
        "options.onError.backoffMaxMs": noTime,
        "options.onError.rejectAfter": noCount,
        "options.onError.decide": noFunction,
        "options.drainTimeoutMs": noTime,
        "options.stuckAfterMs": noTime,
        "options.handleSignals": [null, 5, "SIGTERM", [5]],
      },
    },
  ],
  health: "takes nothing",
  close: [["options"], { good: [{}], wrong: { options: noObject, "options.timeoutMs": noTime, "options.loopTimeoutMs": noTime } }],
};

const validateOnly = { ...options, "options.validateOnly": noBoolean };
const groupId = { groupId: noText };
const replicas = (path: string) => ({ [path]: noList, [`${path}.0`]: [undefined, ...noList], [`${path}.0.0`]: [undefined, "1", -1, 0.5] });
const resource = (path: string) => ({
  [path]: [undefined, ...noObject],
  [`${path}.type`]: [undefined, 2, "Topic"],
  [`${path}.name`]: noText,
});

const noPeriod = [null, "5", -2, 0.5, Number.NaN];
const noNode = [undefined, null, "3", -1, 0.5, Number.NaN];
const voter = { nodeId: 3, directoryId: "2n0yXvOSQmmqsLdlrnDGWg" };
const wrongVoter = {
  ...options,
  voter: [undefined, ...noObject],
  "voter.nodeId": noNode,
  "voter.directoryId": [undefined, null, 5, "", "2n0yXvOSQmmqsLdlrnDGW", "2n0yXvOSQmmqsLdlrnDGW+"],
  "options.clusterId": [null, 5, ""],
};
const noSecret = [undefined, null, 5, "", "not base64!"];

const adminCalls: Checked<Admin> = {
  describeUserScramCredentials: [["users", "options"], { good: [["alice"], {}], wrong: { users: noList, "users.0": noText, ...options } }],
  alterUserScramCredentials: [
    ["changes", "options"],
    {
      good: [[{ user: "alice", mechanism: "SCRAM-SHA-256", password: "p", iterations: 4096 }], {}],
      wrong: {
        changes: [undefined, ...noList],
        "changes.0": [undefined, ...noObject],
        "changes.0.user": noText,
        "changes.0.mechanism": [undefined, 1, "PLAIN"],
        "changes.0.password": [undefined, null, 5, ""],
        "changes.0.iterations": [null, "5", 0, 0.5],
        "changes.0.salt": [null, "s", []],
        "changes.0.remove": [true, false, 1],
        ...options,
      },
    },
  ],
  createDelegationToken: [
    ["options"],
    {
      good: [{ owner: "User:a", renewers: ["User:b"], maxLifetimeMs: 1 }],
      wrong: {
        ...options,
        "options.owner": [null, 5, "", "alice"],
        "options.renewers": noList,
        "options.renewers.0": [undefined, "bob"],
        "options.maxLifetimeMs": noPeriod,
      },
    },
  ],
  describeDelegationToken: [
    ["options"],
    { good: [{ owners: ["User:a"] }], wrong: { ...options, "options.owners": noList, "options.owners.0": [undefined, "a"] } },
  ],
  renewDelegationToken: [
    ["hmac", "options"],
    { good: ["YWJj", { renewPeriodMs: 1 }], wrong: { hmac: noSecret, ...options, "options.renewPeriodMs": noPeriod } },
  ],
  expireDelegationToken: [
    ["hmac", "options"],
    { good: ["YWJj", { expiryPeriodMs: 1 }], wrong: { hmac: noSecret, ...options, "options.expiryPeriodMs": noPeriod } },
  ],
  describeCluster: [["options"], { good: [{}], wrong: options }],
  apiVersions: [["options"], { good: [{}], wrong: options }],
  describeQuorum: [["options"], { good: [{}], wrong: options }],
  addRaftVoter: [
    ["voter", "endpoints", "options"],
    {
      good: [voter, [{ listener: "CONTROLLER", host: "c", port: 9093 }], { clusterId: "c" }],
      wrong: {
        ...wrongVoter,
        endpoints: [undefined, ...noList],
        "endpoints.0": [undefined, ...noObject],
        "endpoints.0.listener": noText,
        "endpoints.0.host": noText,
        "endpoints.0.port": [undefined, null, "9093", -1, 65_536, 0.5],
      },
    },
  ],
  removeRaftVoter: [["voter", "options"], { good: [voter, { clusterId: "c" }], wrong: wrongVoter }],
  unregisterBroker: [["nodeId", "options"], { good: [3, {}], wrong: { nodeId: noNode, ...options } }],
  unregisterController: [["nodeId", "options"], { good: [3, {}], wrong: { nodeId: noNode, ...options } }],
  createTopics: [
    ["topics", "options"],
    {
      good: [[{ name: "t", partitionCount: 1, replicationFactor: 1, assignments: [[1]], configs: { a: "1" } }], {}],
      wrong: {
        topics: [undefined, ...noList],
        "topics.0": [undefined, ...noObject],
        "topics.0.name": noText,
        "topics.0.partitionCount": [null, "3", 0.5, -2, Number.NaN],
        "topics.0.replicationFactor": [null, "3", 0.5, 40_000],
        ...replicas("topics.0.assignments"),
        "topics.0.configs": noObject,
        "topics.0.configs.a": [undefined, 5, true],
        ...validateOnly,
      },
    },
  ],
  deleteTopics: [["names", "options"], { good: [["t"], {}], wrong: { names: [undefined, ...noList], "names.0": noName, ...options } }],
  listTopics: [["options"], { good: [{}], wrong: { ...options, "options.includeInternal": noBoolean } }],
  describeTopics: [["names", "options"], { good: [["t"], {}], wrong: { names: [undefined, ...noList], "names.0": noName, ...options } }],
  createPartitions: [
    ["changes", "options"],
    {
      good: [[{ topic: "t", partitionCount: 2, assignments: [[1]] }], {}],
      wrong: {
        changes: [undefined, ...noList],
        "changes.0": [undefined, ...noObject],
        "changes.0.topic": noName,
        "changes.0.partitionCount": [undefined, "3", 0.5],
        ...replicas("changes.0.assignments"),
        ...validateOnly,
      },
    },
  ],
  deleteRecords: [
    ["targets", "options"],
    {
      good: [[{ ...at, beforeOffset: 1 }], {}],
      wrong: { ...listOfPartitions("targets"), "targets.0.beforeOffset": [undefined, "1", -2, 0.5, Number.NaN], ...options },
    },
  ],
  electLeaders: [
    ["kind", "partitions", "options"],
    { good: ["preferred", [at], {}], wrong: { kind: [undefined, 0, "PREFERRED"], ...listOfPartitions("partitions", true), ...options } },
  ],
  describeConfigs: [
    ["resources", "options"],
    {
      good: [[{ type: "topic", name: "t" }], {}],
      wrong: {
        resources: [undefined, ...noList],
        ...resource("resources.0"),
        ...options,
        "options.includeSynonyms": noBoolean,
        "options.includeDocumentation": noBoolean,
        "options.keys": noList,
      },
    },
  ],
  alterConfigs: [
    ["changes", "options"],
    {
      good: [[{ type: "topic", name: "t", changes: [{ op: "set", name: "a", value: "1" }] }], {}],
      wrong: {
        changes: [undefined, ...noList],
        ...resource("changes.0"),
        "changes.0.changes": [undefined, ...noList],
        "changes.0.changes.0.op": [undefined, 0, "SET"],
        "changes.0.changes.0.name": noText,
        "changes.0.changes.0.value": [undefined, null, 5],
        ...validateOnly,
      },
    },
  ],
  listGroups: [["options"], { good: [{}], wrong: { ...options, "options.states": noList, "options.types": noList } }],
  describeGroups: [
    ["groupIds", "options"],
    { good: [["g"], {}], wrong: { groupIds: [undefined, ...noList], "groupIds.0": noText, ...options } },
  ],
  deleteGroups: [
    ["groupIds", "options"],
    { good: [["g"], {}], wrong: { groupIds: [undefined, ...noList], "groupIds.0": noText, ...options } },
  ],
  removeGroupMembers: [
    ["groupId", "members", "options"],
    {
      good: ["g", [{ memberId: "m" }], {}],
      wrong: {
        ...groupId,
        members: noList,
        "members.0": [undefined, ...noObject],
        "members.0.memberId": [null, 5],
        "members.0.groupInstanceId": [null, 5],
        ...options,
      },
    },
  ],
  listGroupOffsets: [
    ["groupId", "partitions", "options"],
    { good: ["g", [at], {}], wrong: { ...groupId, ...listOfPartitions("partitions", true), ...options } },
  ],
  alterGroupOffsets: [
    ["groupId", "offsets", "options"],
    {
      good: ["g", [{ ...at, offset: 1 }], {}],
      wrong: {
        ...groupId,
        ...listOfPartitions("offsets"),
        "offsets.0.offset": noOffset,
        "offsets.0.metadata": [null, 5],
        "offsets.0.leaderEpoch": [null, "1"],
        ...options,
      },
    },
  ],
  deleteGroupOffsets: [
    ["groupId", "partitions", "options"],
    { good: ["g", [at], {}], wrong: { ...groupId, ...listOfPartitions("partitions"), ...options } },
  ],
  listOffsets: [
    ["queries", "options"],
    {
      good: [[{ ...at, spec: "latest" }], {}],
      wrong: {
        ...listOfPartitions("queries"),
        "queries.0.spec": [undefined, null, 5, "end", {}, { timestamp: 0.5 }, { timestamp: -1 }],
        ...options,
        "options.isolationLevel": [null, 1, "committed"],
      },
    },
  ],
  listTransactions: [
    ["options"],
    {
      good: [{}],
      wrong: {
        ...options,
        "options.states": noList,
        "options.producerIds": noList,
        "options.longerThanMs": ["1", -1, 0.5],
        "options.idPattern": [1, null],
      },
    },
  ],
  describeTransactions: [
    ["transactionalIds", "options"],
    { good: [["x"], {}], wrong: { transactionalIds: [undefined, ...noList], "transactionalIds.0": noText, ...options } },
  ],
  describeProducers: [["partitions", "options"], { good: [[at], {}], wrong: { ...listOfPartitions("partitions"), ...options } }],
  abortTransaction: [
    ["transaction", "options"],
    {
      good: [{ ...at, producerId: 1, producerEpoch: 0 }, {}],
      wrong: {
        "transaction.producerId": [undefined, "1", -1, 0.5],
        "transaction.producerEpoch": [undefined, "1", -1, 40_000],
        "transaction.coordinatorEpoch": ["1", -1, 0.5],
        ...options,
      },
    },
  ],
  fenceProducers: [
    ["transactionalIds", "options"],
    { good: [["x"], {}], wrong: { transactionalIds: [undefined, ...noList], "transactionalIds.0": noText, ...options } },
  ],
  alterPartitionReassignments: [
    ["changes", "options"],
    {
      good: [[{ ...at, replicas: [1] }], {}],
      wrong: {
        ...listOfPartitions("changes"),
        "changes.0.replicas": [undefined, 5, {}],
        "changes.0.replicas.0": [undefined, "1", -1, 0.5],
        ...options,
        "options.allowReplicationFactorChange": noBoolean,
      },
    },
  ],
  listPartitionReassignments: [
    ["partitions", "options"],
    { good: [[at], {}], wrong: { ...listOfPartitions("partitions", true), ...options } },
  ],
  listConfigResources: [
    ["types", "options"],
    { good: [["topic"], {}], wrong: { types: noList, "types.0": [undefined, 2, "topics"], ...options } },
  ],
  describeClientQuotas: [
    ["filter", "options"],
    {
      good: [{ user: { name: "u" }, clientId: "default", ip: "any", strict: true }, {}],
      wrong: {
        filter: noObject,
        "filter.user": [null, 5, "Any", {}],
        "filter.user.name": [...noText, ""],
        "filter.clientId": [null, 5, "u"],
        "filter.strict": noBoolean,
        ...options,
      },
    },
  ],
  alterClientQuotas: [
    ["alterations", "options"],
    {
      good: [[{ entity: { user: "u", clientId: null }, changes: [{ op: "set", name: "q", value: 0.5 }] }], {}],
      wrong: {
        alterations: [undefined, ...noList],
        "alterations.0": [undefined, ...noObject],
        "alterations.0.entity": [undefined, ...noObject],
        "alterations.0.entity.user": [5, {}, ""],
        "alterations.0.changes": [undefined, ...noList],
        "alterations.0.changes.0.op": [undefined, 0, "append"],
        "alterations.0.changes.0.name": [...noText, ""],
        "alterations.0.changes.0.value": [undefined, null, "5", Number.NaN, Number.POSITIVE_INFINITY],
        ...validateOnly,
      },
    },
  ],
  createAcls: [
    ["acls", "options"],
    {
      good: [[{ resourceType: "topic", resourceName: "t", principal: "User:a", operation: "read" }], {}],
      wrong: {
        acls: [undefined, ...noList],
        "acls.0": [undefined, ...noObject],
        "acls.0.resourceType": [undefined, 2, "topics"],
        "acls.0.resourceName": noText,
        "acls.0.patternType": ["any", 3],
        "acls.0.principal": noText,
        "acls.0.host": [5],
        "acls.0.operation": [undefined, "READ"],
        "acls.0.permission": ["ALLOW"],
        ...options,
      },
    },
  ],
  describeAcls: [["filter", "options"], { good: [{}, {}], wrong: { filter: noObject, ...options } }],
  deleteAcls: [
    ["filters", "options"],
    { good: [[{ operation: "read" }], {}], wrong: { filters: [undefined, ...noList], "filters.0": [undefined, ...noObject], ...options } },
  ],
  describeFeatures: [["options"], { good: [{}], wrong: options }],
  updateFeatures: [
    ["updates", "options"],
    {
      good: [[{ name: "f", level: 1 }], {}],
      wrong: {
        updates: [undefined, ...noList],
        "updates.0": [undefined, ...noObject],
        "updates.0.name": noText,
        "updates.0.level": [undefined, "1", -1, 0.5, 40_000],
        "updates.0.type": [null, 1, "downgrade"],
        ...validateOnly,
      },
    },
  ],
  describeShareGroups: [
    ["groupIds", "options"],
    { good: [["g"], {}], wrong: { groupIds: [undefined, ...noList], "groupIds.0": noText, ...options } },
  ],
  describeStreamsGroups: [
    ["groupIds", "options"],
    { good: [["g"], {}], wrong: { groupIds: [undefined, ...noList], "groupIds.0": noText, ...options } },
  ],
  listOffsetsOfGroups: [
    ["groupIds", "options"],
    { good: [["g"], {}], wrong: { groupIds: [undefined, ...noList], "groupIds.0": noText, ...options } },
  ],
  listShareGroupOffsets: [
    ["groupId", "partitions", "options"],
    { good: ["g", [at], {}], wrong: { ...groupId, ...listOfPartitions("partitions", true), ...options } },
  ],
  alterShareGroupOffsets: [
    ["groupId", "offsets", "options"],
    {
      good: ["g", [{ ...at, offset: 1 }], {}],
      wrong: { ...groupId, ...listOfPartitions("offsets"), "offsets.0.offset": noOffset, ...options },
    },
  ],
  deleteShareGroupOffsets: [
    ["groupId", "topics", "options"],
    { good: ["g", ["t"], {}], wrong: { ...groupId, topics: [undefined, ...noList], "topics.0": noText, ...options } },
  ],
  describeReplicaLogDirs: [
    ["replicas", "options"],
    {
      good: [[{ ...at, nodeId: 1 }], {}],
      wrong: { ...listOfPartitions("replicas"), "replicas.0.nodeId": [undefined, "1", -1, 0.5], ...options },
    },
  ],
  alterReplicaLogDirs: [
    ["changes", "options"],
    {
      good: [[{ ...at, nodeId: 1, path: "/d" }], {}],
      wrong: {
        ...listOfPartitions("changes"),
        "changes.0.nodeId": [undefined, "1", -1, 0.5],
        "changes.0.path": [undefined, null, 5, ""],
        ...options,
      },
    },
  ],
  describeLogDirs: [
    ["nodeIds", "options"],
    { good: [[1], {}], wrong: { nodeIds: noList, "nodeIds.0": [undefined, "1", -1, 0.5], ...options } },
  ],
  close: "takes nothing",
};

/** A copy of `arguments_` with `value` at `path`, whose first word is a parameter's name. */
function put(parameters: readonly string[], good: readonly unknown[], path: string, value: unknown): unknown[] {
  const copy = structuredCloneWithFunctions(good) as unknown[];
  const [first, ...rest] = path.split(".");
  const keys = [parameters.indexOf(first!), ...rest];
  let holder = copy as unknown as Record<string, unknown>;
  for (const key of keys.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  holder[keys.at(-1)!] = value;
  return copy;
}

function structuredCloneWithFunctions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structuredCloneWithFunctions);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, structuredCloneWithFunctions(each)]));
}

async function start() {
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  broker.serveMetadata(() => ({ t: [1] }));
  broker.muteTheRest();
  const client = createClient({ bootstrapServers: broker.bootstrap }, world);
  return { world, broker, client };
}

async function tryAll(name: string, target: object, calls: Checked<never>, onCall: (label: string) => void): Promise<number> {
  let count = 0;
  for (const [call, description] of Object.entries(
    calls as Readonly<Record<string, readonly [readonly string[], Case] | "takes nothing">>,
  )) {
    if (description === "takes nothing") continue;
    const [parameters, { good, wrong }] = description;
    for (const [path, values] of Object.entries(wrong)) {
      for (const value of values) {
        const label = `${name}.${call} with ${path} = ${typeof value === "bigint" ? "1n" : (JSON.stringify(value) ?? String(value))}`;
        const words = path.split(".").filter((word) => !/^(options|\d+)$/.test(word));
        let error: unknown;
        try {
          await (target as Readonly<Record<string, (...args: unknown[]) => unknown>>)[call]!(...put(parameters, good, path, value));
        } catch (thrown) {
          error = thrown;
        }
        assert.ok(error instanceof ClientError && error.code === "INVALID_ARGUMENT", `${label}: ${String(error)}`);
        assert.ok(error.message.startsWith(`${call}: `) || /^\w+: the first/.test(error.message), `${label}: ${error.message}`);
        assert.ok(
          words.every((word) => error.message.includes(word)),
          `${label} is not named: ${error.message}`,
        );
        assert.ok(error.subject !== undefined, label);
        onCall(label);
        count++;
      }
    }
  }
  return count;
}

describe("the border of every public call", () => {
  test("of a consumer names what is wrong, before anything has happened", async () => {
    const { broker, client } = await start();
    const consumer = client.consumer({ groupId: "g" });
    const count = await tryAll("consumer", consumer, consumerCalls, () => assert.deepEqual(consumer.assignment(), []));
    assert.ok(count > 300, `${count} wrong arguments`);
    assert.deepEqual(broker.seen, []);
    await client.close();
  });

  test("of a share consumer names what is wrong, before anything has happened", async () => {
    const { broker, client } = await start();
    const consumer = client.shareConsumer({ groupId: "g" });
    const count = await tryAll("share consumer", consumer, shareCalls, () => assert.deepEqual(consumer.subscription(), []));
    assert.ok(count > 90, `${count} wrong arguments`);
    assert.deepEqual(broker.seen, []);
    await client.close();
  });

  test("of an admin names what is wrong, before anybody is asked", async () => {
    const { broker, client } = await start();
    const admin = client.admin();
    const count = await tryAll("admin", admin, adminCalls, () => {});
    assert.ok(count > 400, `${count} wrong arguments`);
    assert.equal(broker.requestsOf(metadataApi).length, 0);
    assert.deepEqual(broker.seen, []);
    await client.close();
  });

  test("names an option that does not exist, and the near one", async () => {
    const { client } = await start();
    await assert.rejects(
      client.admin().createTopics([], { validateonly: true } as never),
      /createTopics: options has "validateonly", which does not exist; did you mean "validateOnly"\?/,
    );
    await assert.rejects(client.consumer({ groupId: "g" }).poll(1, { timeoutMs: 5 } as never), /poll: options has "timeoutMs"/);
    await client.close();
  });
});
