import { ApiKey } from "@ottla/protocol";
import { addOffsetsToTxnApi, makeAddOffsetsToTxnRequest } from "@ottla/protocol/apis/add-offsets-to-txn";
import {
  addPartitionsToTxnApi,
  makeAddPartitionsToTxnRequest,
  makeAddPartitionsToTxnTopic,
  makeAddPartitionsToTxnTransaction,
} from "@ottla/protocol/apis/add-partitions-to-txn";
import { endTxnApi, makeEndTxnRequest } from "@ottla/protocol/apis/end-txn";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import { produceApi } from "@ottla/protocol/apis/produce";
import type { ScriptContext } from "../script-context.ts";
import type { ProducerModel } from "../script-model.ts";
import type { StepKind } from "../step.ts";
import { anyGroup } from "./group-steps.ts";
import { produceBatch } from "./produce-steps.ts";
import { randomBatch } from "./random-batch.ts";
import { anyTransactional } from "./transaction-steps.ts";

/** From this version on brokers ask, for several transactions at once. */
const ASKED_BY_BROKERS = 4;

/** A partition of the open transaction, or any. */
function anyPlace(context: ScriptContext, producer: ProducerModel) {
  const open = [...(producer.open ?? [])];
  const [name, partition] = open.length > 0 && context.random.chance(0.6) ? context.random.pick(open).split(" ") : [];
  const topic = name === undefined ? context.topic() : context.model.topics.get(name);
  return { topic, partition: partition === undefined ? context.partitionOf(topic) : Number(partition) };
}

const actAsFenced: StepKind = {
  name: "transaction: what a fenced producer is told",
  weight: 3,
  keys: [ApiKey.EndTxn, ApiKey.Produce, ApiKey.AddPartitionsToTxn, ApiKey.AddOffsetsToTxn, ApiKey.InitProducerId],
  async run(context) {
    const { random } = context;
    const producer = anyTransactional(context);
    if (producer === undefined || producer.epoch === 0) return;
    const { topic, partition } = anyPlace(context, producer);
    const identity = { producerId: producer.id, producerEpoch: producer.epoch - 1 - random.nextInt(Math.min(2, producer.epoch)) };
    const transactionalId = producer.transactionalId!;
    switch (random.nextInt(5)) {
      case 0: {
        // Under KIP-890 the epoch before is that of the transaction before: its end is asked for once more.
        const request = makeEndTxnRequest({ transactionalId, ...identity, committed: random.chance(0.5) });
        await context.ask(endTxnApi, context.version(endTxnApi), request);
        return;
      }
      case 1: {
        const next = producer.sequences.get(`${topic?.name}-${partition}`) ?? 0;
        const sender = { id: identity.producerId, epoch: identity.producerEpoch, sequence: next, isTransactional: true };
        const version = context.version(produceApi, 3);
        await produceBatch(context, version, topic, partition, randomBatch(context, sender).records, transactionalId);
        return;
      }
      case 2: {
        const request = makeAddPartitionsToTxnRequest({
          v3AndBelowTransactionalId: transactionalId,
          v3AndBelowProducerId: identity.producerId,
          v3AndBelowProducerEpoch: identity.producerEpoch,
          v3AndBelowTopics: [makeAddPartitionsToTxnTopic({ name: topic?.name ?? context.topicName(), partitions: [partition] })],
        });
        await context.ask(addPartitionsToTxnApi, context.version(addPartitionsToTxnApi, 0, ASKED_BY_BROKERS - 1), request);
        return;
      }
      case 3: {
        const request = makeAddOffsetsToTxnRequest({ transactionalId, ...identity, groupId: anyGroup(context).name });
        await context.ask(addOffsetsToTxnApi, context.version(addOffsetsToTxnApi), request);
        return;
      }
      default: {
        // One epoch behind is taken for a retry of the one that was given last; two are too many.
        if (identity.producerEpoch !== producer.epoch - 2) return;
        const request = makeInitProducerIdRequest({ transactionalId, transactionTimeoutMs: 600_000, ...identity });
        await context.ask(initProducerIdApi, context.version(initProducerIdApi, 3, 5), request);
      }
    }
  },
};

const verify: StepKind = {
  name: "transaction: verify partitions",
  weight: 2,
  keys: [ApiKey.AddPartitionsToTxn],
  async run(context) {
    const version = context.version(addPartitionsToTxnApi, ASKED_BY_BROKERS);
    const transactions = Array.from({ length: 1 + context.random.nextInt(2) }, () => {
      const producer = anyTransactional(context);
      if (producer === undefined) return undefined;
      const { topic, partition } = anyPlace(context, producer);
      return makeAddPartitionsToTxnTransaction({
        transactionalId: context.mostly(producer.transactionalId!, [context.named("nobody"), ""], 0.06),
        producerId: context.mostly(producer.id, [987_654], 0.06),
        producerEpoch: context.mostly(producer.epoch, [producer.epoch + 1, Math.max(0, producer.epoch - 1)], 0.1),
        verifyOnly: true,
        topics: [makeAddPartitionsToTxnTopic({ name: topic?.name ?? context.topicName(), partitions: [partition] })],
      });
    }).filter((each) => each !== undefined);
    // The same one twice is one element in Kafka's answer.
    if (transactions.length === 0 || new Set(transactions.map(({ transactionalId }) => transactionalId)).size < transactions.length) return;
    await context.ask(addPartitionsToTxnApi, version, makeAddPartitionsToTxnRequest({ transactions }));
  },
};

export const fencingSteps: readonly StepKind[] = [actAsFenced, verify];
