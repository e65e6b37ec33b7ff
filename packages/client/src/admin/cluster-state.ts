import { TimeSlice } from "@ottla/base";
import { apiInfo, ErrorCode, KafkaError } from "@ottla/protocol";
import { type ApiVersionsResponse, apiVersionsApi } from "@ottla/protocol/apis/api-versions";
import { describeLogDirsApi, type DescribeLogDirsResult, makeDescribeLogDirsRequest } from "@ottla/protocol/apis/describe-log-dirs";
import type { CallLimit } from "../cluster/call-limit.ts";
import type { MetadataSnapshot } from "../cluster/metadata-snapshot.ts";
import { isEnding } from "../lifetime.ts";
import { versionsRequest } from "../net/handshake.ts";
import type { AdminContext } from "./admin-context.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { BrokerApiVersions, ClusterDescription, LogDirDescription } from "./admin-types.ts";
import type { Node } from "./node-types.ts";
import type { Outcome } from "../outcome.ts";
import { asKafkaError, done, refused, throwIfRefused } from "../outcome.ts";

export async function describeCluster({ cluster }: AdminContext, options: CallOptions = {}): Promise<ClusterDescription> {
  const snapshot = await cluster.retrying("Metadata", cluster.limit(options), () => cluster.metadata.ask([]));
  return {
    clusterId: snapshot.clusterId ?? undefined,
    controllerId: snapshot.controllerId < 0 ? undefined : snapshot.controllerId,
    nodes: nodesOf(snapshot),
  };
}

function nodesOf(snapshot: MetadataSnapshot): Node[] {
  return [...snapshot.brokers.values()]
    .map(({ nodeId, host, port, rack }) => ({ nodeId, host, port, rack: rack ?? undefined }))
    .sort((a, b) => a.nodeId - b.nodeId);
}

/** Asks the given brokers, or all; a broker's failure stands in its place. */
async function perBroker<Value>(
  { cluster }: AdminContext,
  nodeIds: readonly number[] | undefined,
  limit: CallLimit,
  ask: (node: Node) => Promise<Value>,
): Promise<(Outcome<Value> & { readonly nodeId: number })[]> {
  await cluster.retrying("Metadata", limit, () => cluster.metadata.refreshBrokers());
  const nodes = nodesOf(cluster.metadata.current);
  const chosen = nodeIds?.map((nodeId) => nodes.find((node) => node.nodeId === nodeId) ?? nodeId) ?? nodes;
  return Promise.all(
    chosen.map(async (node) => {
      if (typeof node === "number") {
        return {
          nodeId: node,
          ...refused<Value>(new KafkaError(ErrorCode.BROKER_NOT_AVAILABLE, `Broker ${node} is not part of the cluster.`)),
        };
      }
      try {
        return { nodeId: node.nodeId, ...done(await limit.bound(`The call to broker ${node.nodeId}`, () => ask(node))) };
      } catch (error) {
        if (isEnding(error)) throw error;
        return { nodeId: node.nodeId, ...refused<Value>(asKafkaError(error)) };
      }
    }),
  );
}

export function apiVersions(
  context: AdminContext,
  options: CallOptions = {},
): Promise<readonly (Outcome<BrokerApiVersions> & { readonly nodeId: number })[]> {
  const limit = context.cluster.limit(options);
  return perBroker(context, undefined, limit, async (node) => {
    const response = await context.lane.call(node.nodeId, apiVersionsApi, versionsRequest, { limit });
    throwIfRefused(response.errorCode);
    return versionsOf(node, response);
  });
}

function versionsOf(node: Node, response: ApiVersionsResponse): BrokerApiVersions {
  return {
    node,
    apis: response.apiKeys
      .map(({ apiKey, minVersion, maxVersion }) => ({ apiKey, name: apiInfo(apiKey)?.name, minVersion, maxVersion }))
      .sort((a, b) => a.apiKey - b.apiKey),
    features: response.supportedFeatures.map((feature) => ({
      name: feature.name,
      minLevel: feature.minVersion,
      maxLevel: feature.maxVersion,
      finalizedLevel: response.finalizedFeatures.find((each) => each.name === feature.name)?.maxVersionLevel,
    })),
  };
}

export function describeLogDirs(
  context: AdminContext,
  nodeIds: readonly number[] | undefined,
  options: CallOptions = {},
): Promise<readonly (Outcome<readonly LogDirDescription[]> & { readonly nodeId: number })[]> {
  const limit = context.cluster.limit(options);
  return perBroker(context, nodeIds, limit, (node) =>
    context.cluster.retrying("DescribeLogDirs", limit, async () => {
      const response = await context.lane.call(node.nodeId, describeLogDirsApi, () => makeDescribeLogDirsRequest({ topics: null }));
      throwIfRefused(response.errorCode);
      const slice = new TimeSlice(context.cluster.deps.clock);
      const described: LogDirDescription[] = [];
      for (const result of response.results) described.push(await logDir(result, slice));
      return described;
    }),
  );
}

/** A disk may have a hundred thousand partitions. */
async function logDir(result: DescribeLogDirsResult, slice: TimeSlice): Promise<LogDirDescription> {
  const partitions: LogDirDescription["partitions"][number][] = [];
  for (const { name, partitions: placed } of result.topics) {
    for (const { partitionIndex, partitionSize, offsetLag, isFutureKey } of placed)
      partitions.push({ topic: name, partition: partitionIndex, sizeBytes: partitionSize, offsetLag, isFuture: isFutureKey });
    if (slice.isOver) await slice.rest();
  }
  return {
    path: result.logDir,
    error: result.errorCode === ErrorCode.NONE ? undefined : new KafkaError(result.errorCode),
    totalBytes: result.totalBytes < 0 ? undefined : result.totalBytes,
    usableBytes: result.usableBytes < 0 ? undefined : result.usableBytes,
    partitions,
  };
}
