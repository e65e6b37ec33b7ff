// DescribeLogDirs v1-5. KIP-113, v3: top-level error, v4: total and usable bytes (KIP-827), v5: cordoned directories. There is one data directory; virtual
// brokers share it, and each lists the replicas it holds.
import { mapInSlices, TimeSlice } from "@ottla/base";
import { madeWhenWritten } from "@ottla/protocol";
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
    return whenAnswered(namedTopics(context, request), (named) => {
      const space = broker.disk.space?.(broker.dataDirectory);
      const directory = makeDescribeLogDirsResult({
        logDir: broker.dataDirectory,
        topics: madeWhenWritten(
          named.filter(({ indexes }) => indexes.length > 0),
          (topic) => described(context, topic),
        ),
        totalBytes: space?.totalBytes ?? UNKNOWN_BYTES,
        usableBytes: space?.usableBytes ?? UNKNOWN_BYTES,
      });
      return makeDescribeLogDirsResponse({ results: [directory] });
    });
  },
};

/** A topic, and which of its partitions are told of. */
interface NamedTopic {
  readonly topic: TopicMetadata;
  readonly indexes: readonly number[];
}

function namedTopics(context: RequestContext, { topics }: DescribeLogDirsRequest): NamedTopic[] | Promise<NamedTopic[]> {
  const { metadata, clock } = context.broker;
  const slice = new TimeSlice(clock);
  if (topics === null) {
    return mapInSlices(slice, [...metadata.topics()], (topic) =>
      held(
        context,
        topic,
        topic.partitions.map(({ index }) => index),
      ),
    );
  }
  const known = topics.flatMap(({ topic: name, partitions }) => {
    const topic = metadata.topic(name);
    return topic ? [{ topic, partitions }] : [];
  });
  return mapInSlices(slice, known, ({ topic, partitions }) => held(context, topic, partitions));
}

/** Those partitions that the node holds and that can be read. */
function held({ broker, session: { nodeId } }: RequestContext, topic: TopicMetadata, indexes: readonly number[]): NamedTopic {
  const isHeld = (index: number): boolean =>
    broker.partitions.get(topic.name, index) !== undefined && topic.partitions[index]?.replicas.includes(nodeId) === true;
  return { topic, indexes: indexes.filter(isHeld) };
}

/** One that was deleted meanwhile has no size any more. */
function described({ broker }: RequestContext, { topic, indexes }: NamedTopic): DescribeLogDirsTopic {
  const partitions = indexes.flatMap((partitionIndex) => {
    const partition = broker.partitions.get(topic.name, partitionIndex);
    return partition ? [makeDescribeLogDirsPartition({ partitionIndex, partitionSize: partition.log.sizeBytes })] : [];
  });
  return makeDescribeLogDirsTopic({ name: topic.name, partitions });
}
