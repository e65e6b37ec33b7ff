import { ApiKey } from "@ottla/protocol";
import {
  deleteRecordsApi,
  makeDeleteRecordsPartition,
  makeDeleteRecordsRequest,
  makeDeleteRecordsTopic,
} from "@ottla/protocol/apis/delete-records";
import { fetchApi, makeFetchPartition, makeFetchRequest, makeFetchTopic } from "@ottla/protocol/apis/fetch";
import { listOffsetsApi, makeListOffsetsPartition, makeListOffsetsRequest, makeListOffsetsTopic } from "@ottla/protocol/apis/list-offsets";
import { produceApi } from "@ottla/protocol/apis/produce";
import { attributes } from "@ottla/protocol/records";
import type { ScriptContext } from "../script-context.ts";
import type { TopicModel } from "../script-model.ts";
import type { StepKind } from "../step.ts";
import { produceBatch } from "./produce-steps.ts";
import { randomBatch } from "./random-batch.ts";

/** So long that what a Fetch waits for comes before, on a busy machine too. */
const LONG_WAIT_MS = 15_000;
const SHORT_WAIT_MS = 30;

/** Where the partition's log ends, by both clusters alike. */
async function endOf(context: ScriptContext, topic: TopicModel, partitionIndex: number): Promise<number | undefined> {
  const topics = [makeListOffsetsTopic({ name: topic.name, partitions: [makeListOffsetsPartition({ partitionIndex, timestamp: -1 })] })];
  const answer = await context.ask(listOffsetsApi, 5, makeListOffsetsRequest({ replicaId: -1, topics }));
  if (typeof answer === "string") return undefined;
  const found = answer.topics[0]?.partitions[0];
  return found?.errorCode === 0 ? found.offset : undefined;
}

function fetchFrom(context: ScriptContext, topic: TopicModel, partition: number, fetchOffset: number, minBytes: number, maxWaitMs: number) {
  const version = context.version(fetchApi);
  const partitions = [
    makeFetchPartition({
      partition,
      fetchOffset,
      partitionMaxBytes: 1 << 20,
      currentLeaderEpoch: -1,
      lastFetchedEpoch: -1,
      logStartOffset: -1,
    }),
  ];
  const topics = [makeFetchTopic({ ...(version < 13 ? { topic: topic.name } : { topicId: topic.id }), partitions })];
  // Nothing of a transaction is written here, so both levels wait alike; an open one would hold back what read_committed waits for.
  const request = makeFetchRequest({ maxWaitMs, minBytes, maxBytes: 1 << 22, isolationLevel: 0, sessionEpoch: -1, topics });
  return context.ask(fetchApi, version, request, context.named("waits"));
}

const waitForRecords: StepKind = {
  name: "fetch: wait for records",
  weight: 3,
  keys: [ApiKey.Fetch, ApiKey.Produce, ApiKey.ListOffsets],
  async run(context) {
    const { random } = context;
    const topic = context.topic();
    if (topic === undefined) return;
    const partition = random.nextInt(topic.partitions);
    const { records } = randomBatch(context);
    const produce = () => produceBatch(context, context.version(produceApi, 3), topic, partition, records, null, -1);
    // Where it is refused there is nothing to wait for.
    if ((await produce()) !== 0) return;
    const end = await endOf(context, topic, partition);
    if (end === undefined) return;
    // A packed batch may have another size in the log, and who waits for one byte may see one batch or two.
    const count = (attributes(records, 0) & 0x7) === 0 ? 1 + random.nextInt(3) : 1;
    const minBytes = count === 1 ? 1 : count * records.length;
    const waiting = fetchFrom(context, topic, partition, end, minBytes, LONG_WAIT_MS);
    waiting.catch(() => undefined);
    for (let sent = 0; sent < count; sent++) await produce();
    await waiting;
  },
};

const waitInVain: StepKind = {
  name: "fetch: wait in vain",
  weight: 2,
  keys: [ApiKey.Fetch, ApiKey.ListOffsets],
  async run(context) {
    const { random } = context;
    const topic = context.topic();
    if (topic === undefined) return;
    const partition = random.nextInt(topic.partitions);
    const end = await endOf(context, topic, partition);
    if (end === undefined) return;
    const offset = random.chance(0.5) ? end : Math.max(0, end - 1);
    await fetchFrom(context, topic, partition, offset, context.mostly(1 << 20, [1]), SHORT_WAIT_MS);
  },
};

const waitForDeletion: StepKind = {
  name: "fetch: wait while records are deleted",
  weight: 1,
  keys: [ApiKey.Fetch, ApiKey.ListOffsets, ApiKey.DeleteRecords],
  async run(context) {
    const topic = context.topic();
    if (topic === undefined) return;
    const partition = context.random.nextInt(topic.partitions);
    const end = await endOf(context, topic, partition);
    if (end === undefined || end === 0) return;
    const partitions = [makeDeleteRecordsPartition({ partitionIndex: partition, offset: -1 })];
    const request = makeDeleteRecordsRequest({ topics: [makeDeleteRecordsTopic({ name: topic.name, partitions })], timeoutMs: 10_000 });
    await context.ask(deleteRecordsApi, context.version(deleteRecordsApi), request);
    await fetchFrom(context, topic, partition, end - 1, 1, LONG_WAIT_MS);
    await fetchFrom(context, topic, partition, end, 1, SHORT_WAIT_MS);
  },
};

export const waitingFetchSteps: readonly StepKind[] = [waitForRecords, waitInVain, waitForDeletion];
