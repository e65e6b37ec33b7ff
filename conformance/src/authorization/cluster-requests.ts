import * as alterConfigs from "@ottla/protocol/apis/alter-configs";
import * as logDirs from "@ottla/protocol/apis/alter-replica-log-dirs";
import * as createAcls from "@ottla/protocol/apis/create-acls";
import * as deleteAcls from "@ottla/protocol/apis/delete-acls";
import * as describeAcls from "@ottla/protocol/apis/describe-acls";
import * as describeCluster from "@ottla/protocol/apis/describe-cluster";
import * as describeConfigs from "@ottla/protocol/apis/describe-configs";
import * as describeLogDirs from "@ottla/protocol/apis/describe-log-dirs";
import * as describeQuorum from "@ottla/protocol/apis/describe-quorum";
import * as incremental from "@ottla/protocol/apis/incremental-alter-configs";
import * as listConfigs from "@ottla/protocol/apis/list-config-resources";
import * as features from "@ottla/protocol/apis/update-features";
import { GROUP, type GuardedRequest, partition0, request } from "./guarded-request.ts";

const ANY_ACL = {
  resourceTypeFilter: 1,
  resourceNameFilter: null,
  patternTypeFilter: 1,
  principalFilter: null,
  hostFilter: null,
  operation: 1,
  permissionType: 1,
};

/** Requests about the cluster, its settings and its ACLs. */
export const clusterRequests: readonly GuardedRequest[] = [
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
  request("ListConfigResources 1", async (probe) => {
    const answer = await probe.raw(listConfigs.listConfigResourcesApi, 1, listConfigs.makeListConfigResourcesRequest({}));
    return typeof answer === "string" ? answer : { errorCode: answer.errorCode, some: answer.configResources.length > 0 };
  }),
];
