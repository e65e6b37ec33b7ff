import { ApiKey, NIL_UUID } from "@ottla/protocol";
import { describeProducersApi, makeDescribeProducersRequest, makeTopicRequest } from "@ottla/protocol/apis/describe-producers";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, produceApi } from "@ottla/protocol/apis/produce";
import type { ScriptContext } from "../script-context.ts";
import type { ProducerModel, TopicModel } from "../script-model.ts";
import type { StepKind } from "../step.ts";
import { randomBatch, spoiled } from "./random-batch.ts";

/** Which topic a request means: by name, or from version 13 on by id. */
function topicOf(
  context: ScriptContext,
  topic: TopicModel | undefined,
  version: number,
): { readonly name: string; readonly topicId: string } {
  if (version < 13) return { name: topic?.name ?? context.topicName(), topicId: NIL_UUID };
  return { name: "", topicId: topic?.id ?? context.random.pick(["AAAAAAAAAAAAAAAAAAAAAQ", NIL_UUID, ...context.model.staleTopicIds]) };
}

/** Sends one batch to one partition; returns the partition's error, or undefined without an answer. */
export async function produceBatch(
  context: ScriptContext,
  version: number,
  topic: TopicModel | undefined,
  partition: number,
  records: Buffer,
  transactionalId: string | null = null,
  acks: number = transactionalId === null ? context.mostly(-1, [1, 1, 2, -2]) : -1,
): Promise<number | undefined> {
  const request = makeProduceRequest({
    transactionalId,
    acks,
    timeoutMs: 10_000,
    topicData: [
      makeTopicProduceData({
        ...topicOf(context, topic, version),
        partitionData: [makePartitionProduceData({ index: partition, records })],
      }),
    ],
  });
  const answer = await context.ask(produceApi, version, request);
  if (typeof answer === "string") return undefined;
  return answer.responses[0]?.partitionResponses[0]?.errorCode;
}

const produce: StepKind = {
  name: "produce",
  weight: 8,
  keys: [ApiKey.Produce],
  async run(context) {
    const topic = context.topic();
    const { records } = randomBatch(context);
    const bytes = context.random.chance(0.08) ? spoiled(context, records) : records;
    await produceBatch(context, context.version(produceApi, 3), topic, context.partitionOf(topic), bytes);
  },
};

const initProducer: StepKind = {
  name: "init producer id",
  weight: 2,
  keys: [ApiKey.InitProducerId],
  async run(context) {
    const { model, random } = context;
    const odd = random.chance(0.2);
    const request = makeInitProducerIdRequest({
      transactionalId: odd && random.chance(0.3) ? "" : null,
      transactionTimeoutMs: context.mostly(60_000, [0, -1, 2 ** 31 - 1]),
      producerId: odd ? context.mostly(-1, [0, 77]) : -1,
      producerEpoch: odd ? context.mostly(-1, [0, 5]) : -1,
    });
    const version = context.version(initProducerIdApi, request.producerId === -1 && request.producerEpoch === -1 ? 0 : 3, 5);
    const answer = await context.ask(initProducerIdApi, version, request);
    if (typeof answer === "string" || answer.errorCode !== 0) return;
    model.producers.push(newProducer(null, answer.producerId, answer.producerEpoch));
  },
};

/** A producer without a history. */
export function newProducer(transactionalId: string | null, id: number, epoch: number): ProducerModel {
  return { transactionalId, id, epoch, sequences: new Map(), open: null, isVersion2: false };
}

const produceInOrder: StepKind = {
  name: "produce with sequence",
  weight: 6,
  keys: [ApiKey.InitProducerId, ApiKey.Produce],
  async run(context) {
    const { model, random } = context;
    const own = model.producers.filter(({ transactionalId }) => transactionalId === null);
    if (own.length === 0) return initProducer.run(context);
    const producer = random.pick(own);
    const topic = context.topic();
    const partition = context.partitionOf(topic);
    const place = `${topic?.name}-${partition}`;
    const next = producer.sequences.get(place) ?? 0;
    const sequence = context.mostly(next, [next + 1, Math.max(0, next - 1), 0, 2 ** 31 - 1], 0.2);
    const epoch = context.mostly(producer.epoch, [producer.epoch + 1, Math.max(0, producer.epoch - 1), 32_767], 0.1);
    const { records, count } = randomBatch(context, { id: producer.id, epoch, sequence, isTransactional: random.chance(0.03) });
    const version = context.version(produceApi, 3);
    const error = await produceBatch(context, version, topic, partition, records);
    if (error === 0) {
      producer.epoch = epoch;
      producer.sequences.set(place, (sequence + count) % 2 ** 31);
      if (random.chance(0.25)) await produceBatch(context, version, topic, partition, records);
    }
  },
};

const describeProducers: StepKind = {
  name: "describe producers",
  weight: 2,
  keys: [ApiKey.DescribeProducers],
  async run(context) {
    const topic = context.topic();
    const topics = [makeTopicRequest({ name: topic?.name ?? context.topicName(), partitionIndexes: [context.partitionOf(topic)] })];
    await context.ask(describeProducersApi, context.version(describeProducersApi), makeDescribeProducersRequest({ topics }));
  },
};

export const produceSteps: readonly StepKind[] = [produce, initProducer, produceInOrder, describeProducers];
