// DescribeLogDirs v1-5. KIP-113, v3: top-level error, v4: total and usable bytes (KIP-827), v5: cordoned directories. There is one data directory; virtual
// brokers share it, and each lists the replicas it holds.
import { mapInSlices, TimeSlice } from "@ottla/base";
import {
  type DescribeLogDirsRequest,
  type DescribeLogDirsResponse,
  type DescribeLogDirsTopic,
  describeLogDirsApi,
  makeDescribeLogDirsPartition,
  makeDescribeLogDirsResponse,
  makeDescribeLogDirsResult,
  makeDescribeLogDirsTopic,
} from "@ottla/protocol/apis/describe-log-dirs";
import { ofCluster } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS, type RequestContext } from "../handler.ts";
import type { TopicMetadata } from "../metadata/cluster-metadata.ts";
import { whenAnswered } from "./when-answered.ts";

const UNKNOWN_BYTES = -1;

export const describeLogDirsHandler: Handler<DescribeLogDirsRequest, DescribeLogDirsResponse> = {
  api: describeLogDirsApi,
  minVersion: 1,
  maxVersion: 5,
  authorisation: ofCluster("DESCRIBE", (errorCode) => makeDescribeLogDirsResponse({ errorCode })),
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  handle(context, request) {
    const { broker } = context;
    return whenAnswered(describeTopics(context, request), (topics) => {
      const space = broker.disk.space?.(broker.dataDirectory);
      const directory = makeDescribeLogDirsResult({
        logDir: broker.dataDirectory,
        topics: topics.filter(hasPartitions),
        totalBytes: space?.totalBytes ?? UNKNOWN_BYTES,
        usableBytes: space?.usableBytes ?? UNKNOWN_BYTES,
      });
      return makeDescribeLogDirsResponse({ results: [directory] });
    });
  },
};

function describeTopics(
  context: RequestContext,
  { topics }: DescribeLogDirsRequest,
): DescribeLogDirsTopic[] | Promise<DescribeLogDirsTopic[]> {
  const { metadata, clock } = context.broker;
  const slice = new TimeSlice(clock);
  if (topics === null) {
    return mapInSlices(slice, [...metadata.topics()], (topic) => {
      const indexes = topic.partitions.map(({ index }) => index);
      return describeTopic(context, topic, indexes);
    });
  }
  const known = topics.flatMap(({ topic: name, partitions }) => {
    const topic = metadata.topic(name);
    return topic ? [{ topic, partitions }] : [];
  });
  return mapInSlices(slice, known, ({ topic, partitions }) => describeTopic(context, topic, partitions));
}

function describeTopic(
  { broker, session: { nodeId } }: RequestContext,
  topic: TopicMetadata,
  indexes: readonly number[],
): DescribeLogDirsTopic {
  const partitions = indexes.flatMap((partitionIndex) => {
    const partition = broker.partitions.get(topic.name, partitionIndex);
    if (!partition || !topic.partitions[partitionIndex]?.replicas.includes(nodeId)) return [];
    return [makeDescribeLogDirsPartition({ partitionIndex, partitionSize: partition.log.sizeBytes })];
  });
  return makeDescribeLogDirsTopic({ name: topic.name, partitions });
}

function hasPartitions({ partitions }: DescribeLogDirsTopic): boolean {
  return partitions.length > 0;
}
