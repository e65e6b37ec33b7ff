import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Clock } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import {
  type ConsumerGroupHeartbeatRequest,
  type ConsumerGroupHeartbeatResponse,
  consumerGroupHeartbeatApi,
  makeAssignment,
  makeConsumerGroupHeartbeatResponse,
} from "@ottla/protocol/apis/consumer-group-heartbeat";
import { fetchApi, makeFetchableTopicResponse, makeFetchResponse, makePartitionData } from "@ottla/protocol/apis/fetch";
import { findCoordinatorApi, makeCoordinator, makeFindCoordinatorResponse } from "@ottla/protocol/apis/find-coordinator";
import {
  makeOffsetCommitResponse,
  makeOffsetCommitResponsePartition,
  makeOffsetCommitResponseTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import {
  makeOffsetFetchResponse,
  makeOffsetFetchResponseGroup,
  makeOffsetFetchResponsePartitions,
  makeOffsetFetchResponseTopics,
  offsetFetchApi,
} from "@ottla/protocol/apis/offset-fetch";
import { RecordBatchBuilder, setBaseOffset } from "@ottla/protocol/records";
import { ClientError } from "../../client-error.ts";
import { type Client, createClient } from "../../client.ts";
import type { Consumer, ConsumerOptions } from "../../consumer/consumer-types.ts";
import { HOST, ScriptedBroker, SILENCE } from "../../testing/scripted-broker.ts";
import { makeWorld, type SimulatedWorld } from "../../testing/simulated-world.ts";

const TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAQ";
const at = { topic: "t", partition: 0 };

type Heartbeat = Partial<ConsumerGroupHeartbeatResponse> | typeof SILENCE;

interface Stage {
  readonly world: SimulatedWorld;
  readonly broker: ScriptedBroker;
  readonly client: Client;
  /** Answers to heartbeats; the last one stays. */
  answers: ((request: ConsumerGroupHeartbeatRequest) => Heartbeat)[];
  commits: number[];
  /** The epochs that offsets were asked for under. */
  readonly fetchEpochs: number[];
  readonly warnings: readonly string[];
  /** What the event loop was blocked for, beside the simulated time that passed. */
  readonly time: { blockedMs: number };
  heartbeats(): ConsumerGroupHeartbeatRequest[];
  join(options?: ConsumerOptions): Promise<Consumer>;
}

const gives = (memberEpoch: number, partitions?: readonly number[]): Heartbeat => ({
  memberEpoch,
  heartbeatIntervalMs: 1000,
  assignment:
    partitions === undefined
      ? null
      : makeAssignment({ topicPartitions: [{ topicId: TOPIC_ID, partitions, unknownTaggedFields: undefined }] }),
});

async function start(): Promise<Stage> {
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  const warnings: string[] = [];
  const warn = (message: string, fields: object = {}) => void warnings.push(`${message} ${JSON.stringify(fields)}`);
  const time = { blockedMs: 0 };
  const clock: Clock = {
    nowMs: () => world.clock.nowMs() + time.blockedMs,
    monotonicMs: () => world.clock.monotonicMs() + time.blockedMs,
    schedule: (delayMs, run) => world.clock.schedule(delayMs, run),
    nextTurn: (run) => world.clock.nextTurn(run),
  };
  const client = createClient(
    { bootstrapServers: broker.bootstrap, requestTimeoutMs: 5000 },
    { ...world, clock, logger: { ...world.logger, warn } },
  );
  broker.serveMetadata(() => ({ t: [1, 1] }), [broker], { topicId: () => TOPIC_ID });
  broker.on(findCoordinatorApi, () =>
    makeFindCoordinatorResponse({ coordinators: [makeCoordinator({ key: "g", nodeId: 1, host: HOST, port: broker.port })] }),
  );
  broker.on(fetchApi, () => SILENCE);
  const stage: Stage = {
    world,
    broker,
    client,
    answers: [() => gives(1, [0]), () => gives(1)],
    commits: [],
    fetchEpochs: [],
    warnings,
    time,
    heartbeats: () => broker.requestsOf(consumerGroupHeartbeatApi),
    async join(options) {
      const consumer = client.consumer({ groupId: "g", groupProtocol: "consumer", autoOffsetReset: "earliest", ...options });
      consumer.subscribe("t");
      for (let i = 0; i < 10 && consumer.assignment().length === 0; i++) await world.settle(consumer.poll(100));
      return consumer;
    },
  };
  broker.on(consumerGroupHeartbeatApi, (request) => {
    const answer = (stage.answers.length > 1 ? stage.answers.shift()! : stage.answers[0]!)(request);
    return answer === SILENCE ? SILENCE : makeConsumerGroupHeartbeatResponse({ memberId: request.memberId, ...(answer as object) });
  });
  broker.on(offsetFetchApi, ({ groups }) => {
    stage.fetchEpochs.push(groups[0]!.memberEpoch);
    return makeOffsetFetchResponse({
      groups: [
        makeOffsetFetchResponseGroup({
          groupId: "g",
          topics: groups[0]!.topics!.map(({ topicId, partitionIndexes }) =>
            makeOffsetFetchResponseTopics({
              topicId,
              partitions: partitionIndexes.map((partitionIndex) =>
                makeOffsetFetchResponsePartitions({ partitionIndex, committedOffset: 7, committedLeaderEpoch: -1 }),
              ),
            }),
          ),
        }),
      ],
    });
  });
  broker.on(offsetCommitApi, ({ topics, generationIdOrMemberEpoch }) => {
    stage.commits.push(generationIdOrMemberEpoch);
    const errorCode = stage.commits.length === 1 ? ErrorCode.STALE_MEMBER_EPOCH : ErrorCode.NONE;
    return makeOffsetCommitResponse({
      topics: topics.map(({ topicId, partitions }) =>
        makeOffsetCommitResponseTopic({
          topicId,
          partitions: partitions.map(({ partitionIndex }) => makeOffsetCommitResponsePartition({ partitionIndex, errorCode })),
        }),
      ),
    });
  });
  return stage;
}

describe("a member of a consumer group", () => {
  test("makes its own id, asks for offsets under its epoch, and leaves with epoch -1", async () => {
    const stage = await start();
    const consumer = await stage.join();
    assert.deepEqual(consumer.assignment(), [at]);
    assert.equal(await stage.world.settle(consumer.position(at)), 7);
    assert.deepEqual(stage.fetchEpochs, [1]);
    const { memberId } = stage.heartbeats()[0]!;
    assert.match(memberId, /^[\w-]{22}$/);
    await stage.world.settle(consumer.close());
    const last = stage.heartbeats().at(-1)!;
    assert.deepEqual([last.memberEpoch, last.memberId], [-1, memberId]);
  });

  test("leaves with epoch -2 when it is static", async () => {
    const stage = await start();
    const consumer = await stage.join({ groupInstanceId: "i" });
    await stage.world.settle(consumer.close());
    const last = stage.heartbeats().at(-1)!;
    assert.deepEqual([last.memberEpoch, last.instanceId], [-2, "i"]);
  });

  test("peers' defect, commits without the instance id: a static member shows it in every heartbeat and commit", async () => {
    const stage = await start();
    const consumer = await stage.join({ groupInstanceId: "i" });
    stage.answers = [() => gives(2)];
    await stage.world.settle(consumer.commit([{ ...at, offset: 9 }]));
    assert.ok(stage.heartbeats().every(({ instanceId }) => instanceId === "i"));
    assert.ok(stage.broker.requestsOf(offsetCommitApi).every(({ groupInstanceId }) => groupInstanceId === "i"));
  });

  test("commits under the new epoch what was refused under a stale one", async () => {
    const stage = await start();
    const consumer = await stage.join();
    stage.answers = [() => gives(2)];
    await stage.world.settle(consumer.commit([{ ...at, offset: 9 }]));
    assert.deepEqual(stage.commits, [1, 2]);
  });

  test("never makes again, under the new epoch, a commit of a partition that went to somebody else meanwhile", async () => {
    const stage = await start();
    const consumer = await stage.join({ enableAutoCommit: false });
    // The heartbeat that brings the new epoch comes after the one that takes the partition away.
    stage.answers = [() => gives(1, []), () => gives(1), () => gives(2)];
    const committing = assert.rejects(
      stage.world.settle(consumer.commit([{ ...at, offset: 9 }])),
      (error) => error instanceof ClientError && error.code === "COMMIT_FAILED",
    );
    const polling = (async () => {
      for (let i = 0; i < 30; i++) await consumer.poll(100);
    })();
    await committing;
    await stage.world.settle(polling);
    assert.deepEqual([consumer.assignment(), consumer.groupMetadata()!.generationId, stage.commits], [[], 2, [1]]);
  });

  test("fails a commit under a stale epoch when the member is lost meanwhile", async () => {
    const stage = await start();
    const consumer = await stage.join();
    stage.answers = [() => ({ errorCode: ErrorCode.UNKNOWN_MEMBER_ID })];
    await assert.rejects(
      stage.world.settle(consumer.commit([{ ...at, offset: 9 }])),
      (error) => error instanceof ClientError && error.code === "COMMIT_FAILED",
    );
  });

  test("asks again under the new epoch for offsets that were refused under a stale one", async () => {
    const stage = await start();
    let epoch = 1;
    stage.answers = [() => gives(1, [0]), () => gives(epoch)];
    let answered = 0;
    stage.broker.on(offsetFetchApi, ({ groups }) => {
      stage.fetchEpochs.push(groups[0]!.memberEpoch);
      const isStale = answered++ === 0;
      if (isStale) epoch = 2;
      const partitions = [makeOffsetFetchResponsePartitions({ partitionIndex: 0, committedOffset: 7, committedLeaderEpoch: -1 })];
      return makeOffsetFetchResponse({
        groups: [
          makeOffsetFetchResponseGroup({
            groupId: "g",
            errorCode: isStale ? ErrorCode.STALE_MEMBER_EPOCH : ErrorCode.NONE,
            topics: isStale ? [] : [makeOffsetFetchResponseTopics({ topicId: TOPIC_ID, partitions })],
          }),
        ],
      });
    });
    const consumer = await stage.join();
    assert.equal(await stage.world.settle(consumer.position(at)), 7);
    assert.deepEqual([stage.fetchEpochs[0], stage.fetchEpochs.at(-1)], [1, 2]);
  });

  test("a fenced member hears onLost, and joins again under epoch 0 owning nothing", async () => {
    const stage = await start();
    const consumer = stage.client.consumer({ groupId: "g", groupProtocol: "consumer", enableAutoCommit: false });
    const events: string[] = [];
    consumer.subscribe("t", {
      onAssigned: (p) => void events.push(`assigned ${p.length}`),
      onRevoked: (p) => void events.push(`revoked ${p.length}`),
      onLost: (p) => void events.push(`lost ${p.length}`),
    });
    stage.answers = [
      () => gives(5, [0, 1]),
      () => ({ errorCode: ErrorCode.FENCED_MEMBER_EPOCH }),
      ({ memberEpoch, topicPartitions }) => {
        assert.deepEqual([memberEpoch, topicPartitions], [0, []]);
        return gives(6, [1]);
      },
      () => gives(6),
    ];
    for (let i = 0; i < 8; i++) await stage.world.settle(consumer.poll(100));
    assert.deepEqual(events, ["assigned 2", "lost 2", "assigned 1"]);
  });

  test("a callback that throws does not keep the partitions from being given up and confirmed", async () => {
    const stage = await start();
    const consumer = stage.client.consumer({ groupId: "g", groupProtocol: "consumer", enableAutoCommit: false });
    consumer.subscribe("t", {
      onRevoked() {
        throw new Error("no");
      },
    });
    stage.answers = [() => gives(1, [0, 1]), () => gives(1), () => gives(1, [1]), () => gives(2)];
    await assert.rejects(
      (async () => {
        for (let i = 0; i < 50; i++) await stage.world.settle(consumer.poll(100));
      })(),
      (error) => error instanceof ClientError && error.code === "REBALANCE_CALLBACK_FAILED",
    );
    assert.deepEqual(consumer.assignment(), [{ topic: "t", partition: 1 }]);
    await stage.world.until("the revocation is confirmed", () =>
      stage.heartbeats().some(({ topicPartitions }) => topicPartitions?.[0]?.partitions.join() === "1"),
    );
  });

  test("a coordinator that is lost is looked for, and the member stays what it is", async () => {
    const stage = await start();
    const consumer = await stage.join();
    await stage.world.settle(consumer.poll(100));
    const searches = stage.broker.requestsOf(findCoordinatorApi).length;
    stage.answers = [() => ({ errorCode: ErrorCode.NOT_COORDINATOR }), () => SILENCE, () => gives(1)];
    const before = stage.heartbeats().length;
    await stage.world.until("two more heartbeats", () => stage.heartbeats().length >= before + 4);
    assert.ok(stage.broker.requestsOf(findCoordinatorApi).length > searches);
    assert.deepEqual(consumer.assignment(), [at]);
    // After trouble it says all again.
    assert.deepEqual(stage.heartbeats()[before + 1]!.subscribedTopicNames, ["t"]);
  });

  test("an application that does not poll is told to the group, which goes on; the next poll joins again", async () => {
    const stage = await start();
    const consumer = await stage.join({ maxPollIntervalMs: 3000 });
    await stage.world.until("it left", () => stage.heartbeats().at(-1)!.memberEpoch === -1);
    assert.equal(consumer.membershipLeftMs(), -1);
    stage.answers = [() => gives(9, [1]), () => gives(9)];
    for (let i = 0; i < 5; i++) await stage.world.settle(consumer.poll(100));
    assert.deepEqual(consumer.assignment(), [{ topic: "t", partition: 1 }]);
  });

  test("a blocked event loop is named as soon as it turns again, with the handler that held it", async () => {
    const stage = await start();
    const builder = new RecordBatchBuilder({ partitionLeaderEpoch: 0 });
    builder.append(null, Buffer.from("v"), [], 1000);
    const bytes = builder.close();
    setBaseOffset(bytes, 0, 7);
    stage.broker.on(fetchApi, ({ topics }) => {
      if (topics[0]?.partitions[0]?.fetchOffset !== 7) return SILENCE;
      const partitions = [makePartitionData({ partitionIndex: 0, highWatermark: 8, lastStableOffset: 8, records: bytes })];
      return makeFetchResponse({ responses: [makeFetchableTopicResponse({ topicId: TOPIC_ID, partitions })] });
    });
    const consumer = stage.client.consumer({ groupId: "g", groupProtocol: "consumer" });
    consumer.subscribe("t");
    const ended = consumer.run({ eachRecord: () => void (stage.time.blockedMs += 4000) });
    await stage.world.until("it is told", () => stage.warnings.some((warning) => warning.startsWith("the event loop was blocked")));
    const told = stage.warnings.find((warning) => warning.startsWith("the event loop was blocked"))!;
    assert.match(told, /"group":"g","lateMs":\d{4},"handling":"t-0 at offset 7","handlerMs":4000/);
    await stage.world.settle(consumer.close());
    await stage.world.settle(ended);
  });

  test("a close that gave up a handler leaves at once, without waiting for it a second time", async () => {
    const stage = await start();
    const builder = new RecordBatchBuilder({ partitionLeaderEpoch: 0 });
    builder.append(null, Buffer.from("v"), [], 1000);
    const bytes = builder.close();
    setBaseOffset(bytes, 0, 7);
    stage.broker.on(fetchApi, ({ topics }) => {
      if (topics[0]?.partitions[0]?.fetchOffset !== 7) return SILENCE;
      const partitions = [makePartitionData({ partitionIndex: 0, highWatermark: 8, lastStableOffset: 8, records: bytes })];
      return makeFetchResponse({ responses: [makeFetchableTopicResponse({ topicId: TOPIC_ID, partitions })] });
    });
    const consumer = stage.client.consumer({ groupId: "g", groupProtocol: "consumer", enableAutoCommit: false });
    consumer.subscribe("t");
    let signal: AbortSignal | undefined;
    const ended = consumer.run({
      eachRecord: (_, context) => {
        ({ signal } = context);
        return new Promise(() => {});
      },
    });
    await stage.world.until("it is at work", () => signal !== undefined);
    const beforeMs = stage.world.clock.monotonicMs();
    await stage.world.settle(consumer.close({ timeoutMs: 20_000, loopTimeoutMs: 1000 }));
    await stage.world.settle(ended);
    assert.equal(signal?.aborted, true);
    assert.equal(stage.heartbeats().at(-1)!.memberEpoch, -1);
    assert.ok(stage.world.clock.monotonicMs() - beforeMs < 2000);
  });

  test("a broker without the protocol is told by the poll", async () => {
    const stage = await start();
    stage.answers = [() => ({ errorCode: ErrorCode.UNSUPPORTED_VERSION, errorMessage: "The cluster does not support it." })];
    const consumer = stage.client.consumer({ groupId: "g", groupProtocol: "consumer" });
    consumer.subscribe("t");
    await assert.rejects(stage.world.settle(consumer.poll(10_000)), /does not support it/);
  });

  test("options of the other protocol are refused by name", async () => {
    const stage = await start();
    const refuses = (options: ConsumerOptions, subject: string) =>
      assert.throws(
        () => stage.client.consumer({ groupId: "g", ...options }),
        (error) => error instanceof ClientError && error.code === "INVALID_OPTION" && error.subject === subject,
      );
    refuses({ groupProtocol: "consumer", sessionTimeoutMs: 1 }, "sessionTimeoutMs");
    refuses({ groupProtocol: "consumer", heartbeatIntervalMs: 1 }, "heartbeatIntervalMs");
    refuses({ groupProtocol: "consumer", assignors: [] }, "assignors");
    refuses({ remoteAssignor: "uniform" }, "remoteAssignor");
    refuses({ groupProtocol: "shared" as "consumer" }, "groupProtocol");
    const classic = stage.client.consumer({ groupId: "g" });
    assert.throws(() => classic.subscribe({ pattern: "a" }), /groupProtocol "consumer"/);
  });
});
