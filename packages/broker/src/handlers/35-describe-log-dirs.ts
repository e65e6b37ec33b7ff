// DescribeLogDirs v1-5. KIP-113, v3: top-level error, v4: total and usable bytes (KIP-827), v5: cordoned directories. There is one data directory; virtual
// brokers share it, and each lists the replicas it holds.
import { TimeSlice } from "@ottla/base";
import { madeWhenWritten } from "@ottla/protocol";
import {
  type DescribeLogDirsRequest,
  type DescribeLogDirsResponse,
  describeLogDirsApi,
  makeDescribeLogDirsPartition,
  makeDescribeLogDirsResponse,
  makeDescribeLogDirsResult,
  makeDescribeLogDirsTopic,
} from "@ottla/protocol/apis/describe-log-dirs";
import { ofCluster } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS, type RequestContext } from "../handler.ts";

const UNKNOWN_BYTES = -1;

export const describeLogDirsHandler: Handler<DescribeLogDirsRequest, DescribeLogDirsResponse> = {
  api: describeLogDirsApi,
  minVersion: 1,
  maxVersion: 5,
  authorisation: ofCluster("DESCRIBE", (errorCode) => makeDescribeLogDirsResponse({ errorCode })),
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  async handle(context, request) {
    const { broker } = context;
    const replicas = await heldReplicas(context, request);
    const space = broker.disk.space?.(broker.dataDirectory);
    const directory = makeDescribeLogDirsResult({
      logDir: broker.dataDirectory,
      topics: madeWhenWritten(replicas, ({ name, partitions }) =>
        makeDescribeLogDirsTopic({ name, partitions: madeWhenWritten(partitions, makeDescribeLogDirsPartition) }),
      ),
      totalBytes: space?.totalBytes ?? UNKNOWN_BYTES,
      usableBytes: space?.usableBytes ?? UNKNOWN_BYTES,
    });
    return makeDescribeLogDirsResponse({ results: [directory] });
  },
};

/** What a node holds of a topic. */
interface HeldReplicas {
  readonly name: string;
  readonly partitions: { readonly partitionIndex: number; readonly partitionSize: number }[];
}

/** Of the partitions asked for, those that the node holds and that can be read. */
async function heldReplicas(context: RequestContext, { topics }: DescribeLogDirsRequest): Promise<HeldReplicas[]> {
  const { broker, session } = context;
  const { metadata, partitions: all } = broker;
  const slice = new TimeSlice(broker.clock);
  const held: HeldReplicas[] = [];
  for (const { topic: name, partitions: asked } of topics ?? everyTopic(context)) {
    const partitions: HeldReplicas["partitions"][number][] = [];
    // One topic may have a hundred thousand.
    const count = asked?.length ?? metadata.topic(name)?.partitions.length ?? 0;
    for (let at = 0; at < count; at++) {
      const partitionIndex = asked === null ? at : asked[at]!;
      const isHeld = metadata.topic(name)?.partitions[partitionIndex]?.replicas.includes(session.nodeId) === true;
      const log = isHeld ? all.get(name, partitionIndex)?.log : undefined;
      if (log) partitions.push({ partitionIndex, partitionSize: log.sizeBytes });
      if (slice.isOver) await slice.rest();
    }
    if (partitions.length > 0) held.push({ name, partitions });
    if (slice.isOver) await slice.rest();
  }
  return held;
}

function everyTopic({ broker }: RequestContext): { readonly topic: string; readonly partitions: null }[] {
  return Array.from(broker.metadata.topics(), ({ name }) => ({ topic: name, partitions: null }));
}
