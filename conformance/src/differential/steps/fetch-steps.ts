import { ApiKey, NIL_UUID } from "@ottla/protocol";
import {
  deleteRecordsApi,
  makeDeleteRecordsPartition,
  makeDeleteRecordsRequest,
  makeDeleteRecordsTopic,
} from "@ottla/protocol/apis/delete-records";
import {
  type FetchTopic,
  fetchApi,
  makeFetchPartition,
  makeFetchRequest,
  makeFetchTopic,
  makeForgottenTopic,
} from "@ottla/protocol/apis/fetch";
import { listOffsetsApi, makeListOffsetsPartition, makeListOffsetsRequest, makeListOffsetsTopic } from "@ottla/protocol/apis/list-offsets";
import {
  makeOffsetForLeaderEpochRequest,
  makeOffsetForLeaderPartition,
  makeOffsetForLeaderTopic,
  offsetForLeaderEpochApi,
} from "@ottla/protocol/apis/offset-for-leader-epoch";
import type { ScriptContext } from "../script-context.ts";
import type { StepKind } from "../step.ts";

function randomFetchTopics(context: ScriptContext, version: number): FetchTopic[] {
  const { random, model } = context;
  const chosen = [...new Set(Array.from({ length: 1 + random.nextInt(3) }, () => context.topic()))];
  return chosen.map((topic) => {
    const indexes = [...new Set(Array.from({ length: 1 + random.nextInt(2) }, () => context.partitionOf(topic)))];
    const partitions = indexes.map((partition) =>
      makeFetchPartition({
        partition,
        currentLeaderEpoch: version >= 9 ? context.mostly(-1, [0, 5], 0.1) : -1,
        fetchOffset: context.mostly(random.nextInt(12), [0, 40, -1, 2 ** 40], 0.15),
        lastFetchedEpoch: version >= 12 ? context.mostly(-1, [0, 3], 0.1) : -1,
        logStartOffset: context.mostly(-1, [0, 3], 0.1),
        partitionMaxBytes: context.mostly(1 << 20, [0, 1, 100, -1], 0.2),
      }),
    );
    if (version < 13) return makeFetchTopic({ topic: topic?.name ?? context.topicName(), partitions });
    return makeFetchTopic({ topicId: topic?.id ?? random.pick([NIL_UUID, "AAAAAAAAAAAAAAAAAAAAAQ", ...model.staleTopicIds]), partitions });
  });
}

const fetch: StepKind = {
  name: "fetch",
  weight: 9,
  keys: [ApiKey.Fetch],
  async run(context) {
    const { random } = context;
    const version = context.version(fetchApi);
    const request = makeFetchRequest({
      maxWaitMs: context.mostly(0, [1, -1]),
      minBytes: context.mostly(0, [1, -1]),
      maxBytes: context.mostly(1 << 22, [0, 1, 200, -1]),
      isolationLevel: context.mostly(random.nextInt(2), [2, -1], 0.05),
      sessionId: version >= 7 ? context.mostly(0, [12_345], 0.05) : 0,
      sessionEpoch: version >= 7 ? context.mostly(-1, [3], 0.05) : -1,
      topics: randomFetchTopics(context, version),
    });
    await context.ask(fetchApi, version, request);
  },
};

const fetchInSession: StepKind = {
  name: "fetch in a session",
  weight: 4,
  keys: [ApiKey.Fetch],
  async run(context) {
    const { model, random } = context;
    const session = model.session;
    const isNew = session === null || random.chance(0.15);
    const version = context.version(fetchApi, 7);
    const topics = isNew || random.chance(0.4) ? randomFetchTopics(context, version) : [];
    const isClosing = !isNew && random.chance(0.08);
    const forgotten = context.topic();
    const forgottenTopicsData =
      !isNew && forgotten !== undefined && random.chance(0.15)
        ? [makeForgottenTopic({ ...(version < 13 ? { topic: forgotten.name } : { topicId: forgotten.id }), partitions: [0] })]
        : [];
    const request = makeFetchRequest({
      maxWaitMs: 0,
      minBytes: 0,
      maxBytes: 1 << 22,
      isolationLevel: random.nextInt(2),
      sessionId: isNew ? 0 : session.id,
      sessionEpoch: isNew ? 0 : isClosing ? -1 : context.mostly(session.epoch, [session.epoch + 1], 0.05),
      topics,
      forgottenTopicsData,
    });
    const answer = await context.ask(fetchApi, version, request);
    if (typeof answer === "string") return;
    if (isNew) model.session = answer.errorCode === 0 && answer.sessionId !== 0 ? { id: answer.sessionId, epoch: 1 } : null;
    else if (isClosing) model.session = null;
    else if (answer.errorCode === 0) session.epoch++;
  },
};

const listOffsets: StepKind = {
  name: "list offsets",
  weight: 5,
  keys: [ApiKey.ListOffsets],
  async run(context) {
    const { random, model } = context;
    const version = context.version(listOffsetsApi);
    const topic = context.topic();
    const partitions = Array.from({ length: 1 + random.nextInt(2) }, () =>
      makeListOffsetsPartition({
        partitionIndex: context.partitionOf(topic),
        currentLeaderEpoch: version >= 4 ? context.mostly(-1, [0, 9], 0.1) : -1,
        timestamp: context.mostly(
          random.pick([-1, -2, -3, -4, -5, -6, model.clock, model.startMs + random.nextInt(5000)]),
          [-7, 0, 2 ** 62],
          0.1,
        ),
      }),
    );
    const request = makeListOffsetsRequest({
      replicaId: -1,
      isolationLevel: version >= 2 ? random.nextInt(2) : 0,
      topics: [makeListOffsetsTopic({ name: topic?.name ?? context.topicName(), partitions })],
      timeoutMs: version >= 10 ? 10_000 : 0,
    });
    await context.ask(listOffsetsApi, version, request);
  },
};

const deleteRecords: StepKind = {
  name: "delete records",
  weight: 2,
  keys: [ApiKey.DeleteRecords],
  async run(context) {
    const { random } = context;
    const topic = context.topic();
    const offset = context.mostly(random.nextInt(6), [-1, -2, 1000], 0.2);
    const partitions = [makeDeleteRecordsPartition({ partitionIndex: context.partitionOf(topic), offset })];
    const topics = [makeDeleteRecordsTopic({ name: topic?.name ?? context.topicName(), partitions })];
    await context.ask(deleteRecordsApi, context.version(deleteRecordsApi), makeDeleteRecordsRequest({ topics, timeoutMs: 10_000 }));
  },
};

const offsetForLeaderEpoch: StepKind = {
  name: "offset for leader epoch",
  weight: 2,
  keys: [ApiKey.OffsetForLeaderEpoch],
  async run(context) {
    const topic = context.topic();
    const partition = makeOffsetForLeaderPartition({
      partition: context.partitionOf(topic),
      currentLeaderEpoch: context.mostly(-1, [0, 1], 0.2),
      leaderEpoch: context.mostly(0, [-1, 1, 7], 0.3),
    });
    const topics = [makeOffsetForLeaderTopic({ topic: topic?.name ?? context.topicName(), partitions: [partition] })];
    const request = makeOffsetForLeaderEpochRequest({ replicaId: -1, topics });
    await context.ask(offsetForLeaderEpochApi, context.version(offsetForLeaderEpochApi), request);
  },
};

export const fetchSteps: readonly StepKind[] = [fetch, fetchInSession, listOffsets, deleteRecords, offsetForLeaderEpoch];
