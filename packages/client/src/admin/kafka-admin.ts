import { listConfigResources } from "./config-resources.ts";
import { alterClientQuotas, describeClientQuotas } from "./client-quotas.ts";
import { createAcls, deleteAcls, describeAcls } from "./acls.ts";
import { describeFeatures, updateFeatures } from "./features.ts";
import { describeShareGroups, describeStreamsGroups } from "./newer-groups.ts";
import { alterPartitionReassignments, listPartitionReassignments } from "./reassignments.ts";
import { alterReplicaLogDirs, describeReplicaLogDirs } from "./replica-log-dirs.ts";
import { quorumCalls } from "./quorum.ts";
import { loginCalls } from "./security/login-calls.ts";
import { alterShareGroupOffsets, deleteShareGroupOffsets, listShareGroupOffsets } from "./share-offsets.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { listOffsets } from "../offsets/list-offsets.ts";
import type { AdminContext } from "./admin-context.ts";
import type { Admin } from "./admin-types.ts";
import { apiVersions, describeCluster, describeLogDirs } from "./cluster-state.ts";
import { alterConfigs, describeConfigs } from "./configs.ts";
import { alterGroupOffsets, deleteGroupOffsets, listGroupOffsets, listOffsetsOfGroups } from "./group-offsets.ts";
import { describeGroups } from "./describe-groups.ts";
import { deleteGroups, listGroups, removeGroupMembers } from "./groups.ts";
import { deleteRecords, electLeaders } from "./partitions.ts";
import { abortTransaction, describeProducers, describeTransactions, fenceProducers, listTransactions } from "./transactions.ts";
import { createPartitions, createTopics, deleteTopics, describeTopics, listTopics } from "./topics.ts";

/** Joins the admin calls to one lane of connections. */
export function makeAdmin(cluster: Cluster, onClose: () => void = () => {}): Admin {
  const context: AdminContext = { cluster, lane: cluster.openLane() };
  const admin: Admin = {
    describeCluster: (options) => describeCluster(context, options),
    apiVersions: (options) => apiVersions(context, options),
    createTopics: (topics, options) => createTopics(context, topics, options),
    deleteTopics: (names, options) => deleteTopics(context, names, options),
    listTopics: (options) => listTopics(context, options),
    describeTopics: (names, options) => describeTopics(context, names, options),
    createPartitions: (changes, options) => createPartitions(context, changes, options),
    deleteRecords: (targets, options) => deleteRecords(context, targets, options),
    electLeaders: (kind, partitions, options) => electLeaders(context, kind, partitions, options),
    alterPartitionReassignments: (changes, options) => alterPartitionReassignments(context, changes, options),
    listPartitionReassignments: (partitions, options) => listPartitionReassignments(context, partitions, options),
    listConfigResources: (types, options) => listConfigResources(context, types, options),
    describeClientQuotas: (filter, options) => describeClientQuotas(context, filter, options),
    alterClientQuotas: (alterations, options) => alterClientQuotas(context, alterations, options),
    describeFeatures: (options) => describeFeatures(context, options),
    updateFeatures: (updates, options) => updateFeatures(context, updates, options),
    describeConfigs: (resources, options) => describeConfigs(context, resources, options),
    alterConfigs: (changes, options) => alterConfigs(context, changes, options),
    createAcls: (acls, options) => createAcls(context, acls, options),
    describeAcls: (filter, options) => describeAcls(context, filter, options),
    deleteAcls: (filters, options) => deleteAcls(context, filters, options),
    listGroups: (options) => listGroups(context, options),
    describeGroups: (groupIds, options) => describeGroups(context, groupIds, options),
    describeShareGroups: (groupIds, options) => describeShareGroups(context, groupIds, options),
    describeStreamsGroups: (groupIds, options) => describeStreamsGroups(context, groupIds, options),
    deleteGroups: (groupIds, options) => deleteGroups(context, groupIds, options),
    removeGroupMembers: (groupId, members, options) => removeGroupMembers(context, groupId, members, options),
    listGroupOffsets: (groupId, partitions, options) => listGroupOffsets(context, groupId, partitions, options),
    listOffsetsOfGroups: (groupIds, options) => listOffsetsOfGroups(context, groupIds, options),
    alterGroupOffsets: (groupId, offsets, options) => alterGroupOffsets(context, groupId, offsets, options),
    deleteGroupOffsets: (groupId, partitions, options) => deleteGroupOffsets(context, groupId, partitions, options),
    listShareGroupOffsets: (groupId, partitions, options) => listShareGroupOffsets(context, groupId, partitions, options),
    alterShareGroupOffsets: (groupId, offsets, options) => alterShareGroupOffsets(context, groupId, offsets, options),
    deleteShareGroupOffsets: (groupId, topics, options) => deleteShareGroupOffsets(context, groupId, topics, options),
    listOffsets: (queries, options) =>
      listOffsets(cluster, context.lane, queries, options?.isolationLevel ?? "read_uncommitted", cluster.limit(options)),
    listTransactions: (options) => listTransactions(context, options),
    describeTransactions: (transactionalIds, options) => describeTransactions(context, transactionalIds, options),
    describeProducers: (partitions, options) => describeProducers(context, partitions, options),
    abortTransaction: (transaction, options) => abortTransaction(context, transaction, options),
    fenceProducers: (transactionalIds, options) => fenceProducers(context, transactionalIds, options),
    describeLogDirs: (nodeIds, options) => describeLogDirs(context, nodeIds, options),
    describeReplicaLogDirs: (replicas, options) => describeReplicaLogDirs(context, replicas, options),
    alterReplicaLogDirs: (changes, options) => alterReplicaLogDirs(context, changes, options),
    ...loginCalls(context),
    ...quorumCalls(context),
    async close() {
      context.lane.close();
      onClose();
    },
    [Symbol.asyncDispose]: () => admin.close(),
  };
  return admin;
}
