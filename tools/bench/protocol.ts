/**
 * Micro-benchmark of the codecs on a broker's hot path, in one process without sockets: CPU µs per call, the best of several runs.
 *
 *   node --conditions=source tools/bench/protocol.ts [NAME_PART]
 */
import { randomBytes } from "node:crypto";
import { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "@ottla/protocol";
import {
  fetchApi,
  makeFetchableTopicResponse,
  makeFetchPartition,
  makeFetchRequest,
  makeFetchResponse,
  makeFetchTopic,
  makePartitionData,
} from "@ottla/protocol/apis/fetch";
import {
  makeMetadataResponse,
  makeMetadataResponseBroker,
  makeMetadataResponsePartition,
  makeMetadataResponseTopic,
  metadataApi,
} from "@ottla/protocol/apis/metadata";
import {
  makePartitionProduceData,
  makePartitionProduceResponse,
  makeProduceRequest,
  makeProduceResponse,
  makeTopicProduceData,
  makeTopicProduceResponse,
  produceApi,
} from "@ottla/protocol/apis/produce";

const warmUpMs = 300;
const runMs = 300;
const runs = 8;

interface Case {
  readonly name: string;
  readonly bytes: number;
  readonly run: () => unknown;
}

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const uuid = (): string => randomBytes(16).toString("base64url");
let sink: unknown;

function reading<Q, R>(name: string, api: Api<Q, R>, version: number, side: "request" | "response", message: Q & R): Case {
  const writer = new ByteWriter();
  if (side === "request") api.writeRequest(writer, message, version);
  else api.writeResponse(writer, message, version);
  const bytes = writer.toBuffer();
  const read =
    side === "request" ? () => api.readRequest(new ByteReader(bytes), version) : () => api.readResponse(new ByteReader(bytes), version);
  return { name: `read ${name} v${version}`, bytes: bytes.length, run: read };
}

function writing<Q, R>(name: string, api: Api<Q, R>, version: number, side: "request" | "response", message: Q & R): Case {
  const write = (): Buffer[] => {
    const writer = new ByteWriter();
    if (side === "request") api.writeRequest(writer, message, version);
    else api.writeResponse(writer, message, version);
    return writer.finishFrame();
  };
  return { name: `write ${name} v${version}`, bytes: Buffer.concat(write()).length, run: write };
}

const batch = randomBytes(16_384);

const produceRequest = (partitions: number) =>
  makeProduceRequest({
    acks: -1,
    timeoutMs: 30_000,
    topicData: [
      makeTopicProduceData({
        name: "flights-by-airport",
        topicId: uuid(),
        partitionData: times(partitions, (index) => makePartitionProduceData({ index, records: batch })),
      }),
    ],
  });

const produceResponse = makeProduceResponse({
  responses: [
    makeTopicProduceResponse({
      name: "flights-by-airport",
      topicId: uuid(),
      partitionResponses: times(12, (index) => makePartitionProduceResponse({ index, baseOffset: 123_456_789_012 })),
    }),
  ],
});

const fetchRequest = (partitions: number) =>
  makeFetchRequest({
    maxWaitMs: 500,
    minBytes: 1,
    sessionId: 77,
    sessionEpoch: 3,
    topics: [
      makeFetchTopic({
        topic: "flights-by-airport",
        topicId: uuid(),
        partitions: times(partitions, (partition) =>
          makeFetchPartition({ partition, fetchOffset: 5_123_456_789, partitionMaxBytes: 1_048_576 }),
        ),
      }),
    ],
  });

const fetchResponse = makeFetchResponse({
  sessionId: 77,
  responses: [
    makeFetchableTopicResponse({
      topic: "flights-by-airport",
      topicId: uuid(),
      partitions: times(12, (partitionIndex) =>
        makePartitionData({
          partitionIndex,
          highWatermark: 5_123_456_789,
          lastStableOffset: 5_123_456_789,
          logStartOffset: 0,
          abortedTransactions: null,
          records: [batch, batch],
        }),
      ),
    }),
  ],
});

const metadataResponse = (topics: number) =>
  makeMetadataResponse({
    brokers: times(3, (nodeId) => makeMetadataResponseBroker({ nodeId, host: "broker.example.test", port: 9092 })),
    clusterId: "ottla-cluster-0000000001",
    topics: times(topics, (i) =>
      makeMetadataResponseTopic({
        name: `flights-by-airport-${i}`,
        topicId: uuid(),
        partitions: times(12, (partitionIndex) =>
          makeMetadataResponsePartition({ partitionIndex, leaderId: 1, leaderEpoch: 5, replicaNodes: [1, 2, 3], isrNodes: [1, 2, 3] }),
        ),
      }),
    ),
  });

const one = produceRequest(1);
const cases: readonly Case[] = [
  reading("Produce request, 1 partition", produceApi as Api<unknown, unknown>, 12, "request", one),
  reading("Produce request, 1 partition", produceApi as Api<unknown, unknown>, 7, "request", one),
  reading("Produce request, 12 partitions", produceApi as Api<unknown, unknown>, 13, "request", produceRequest(12)),
  writing("Produce request, 12 partitions", produceApi as Api<unknown, unknown>, 13, "request", produceRequest(12)),
  writing("Produce response, 12 partitions", produceApi as Api<unknown, unknown>, 12, "response", produceResponse),
  reading("Fetch request, 12 partitions", fetchApi as Api<unknown, unknown>, 17, "request", fetchRequest(12)),
  reading("Fetch request, 1 partition", fetchApi as Api<unknown, unknown>, 11, "request", fetchRequest(1)),
  writing("Fetch response, 12 partitions", fetchApi as Api<unknown, unknown>, 17, "response", fetchResponse),
  reading("Fetch response, 12 partitions", fetchApi as Api<unknown, unknown>, 17, "response", fetchResponse),
  writing("Metadata response, 1 topic", metadataApi as Api<unknown, unknown>, 13, "response", metadataResponse(1)),
  writing("Metadata response, 1000 topics", metadataApi as Api<unknown, unknown>, 13, "response", metadataResponse(1000)),
  reading("Metadata response, 1000 topics", metadataApi as Api<unknown, unknown>, 13, "response", metadataResponse(1000)),
];

/** CPU time of one call, garbage collection included: other work on the machine disturbs it less than it does the clock. */
function cpuMicrosPerCall(run: () => unknown, milliseconds: number): number {
  const end = process.hrtime.bigint() + BigInt(milliseconds) * 1_000_000n;
  const before = process.cpuUsage();
  let calls = 0;
  while (process.hrtime.bigint() < end) {
    for (let i = 0; i < 16; i++) sink = run();
    calls += 16;
  }
  const used = process.cpuUsage(before);
  return (used.user + used.system) / calls;
}

const wanted = process.argv[2]?.toLowerCase() ?? "";
for (const { name, bytes, run } of cases) {
  if (!name.toLowerCase().includes(wanted)) continue;
  cpuMicrosPerCall(run, warmUpMs);
  const best = Math.min(...times(runs, () => cpuMicrosPerCall(run, runMs)));
  console.log(`${name.padEnd(46)} ${String(bytes).padStart(8)} bytes ${best.toFixed(3).padStart(10)} CPU µs`);
}
if (sink === undefined) process.exitCode = 1;
