import { ApiKey, ErrorCode, NIL_UUID } from "@ottla/protocol";
import { addOffsetsToTxnApi, makeAddOffsetsToTxnRequest } from "@ottla/protocol/apis/add-offsets-to-txn";
import {
  addPartitionsToTxnApi,
  makeAddPartitionsToTxnRequest,
  makeAddPartitionsToTxnTopic,
} from "@ottla/protocol/apis/add-partitions-to-txn";
import { describeTransactionsApi, makeDescribeTransactionsRequest } from "@ottla/protocol/apis/describe-transactions";
import { endTxnApi, makeEndTxnRequest } from "@ottla/protocol/apis/end-txn";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import { listTransactionsApi, makeListTransactionsRequest } from "@ottla/protocol/apis/list-transactions";
import { produceApi } from "@ottla/protocol/apis/produce";
import {
  makeTxnOffsetCommitRequest,
  makeTxnOffsetCommitRequestPartition,
  makeTxnOffsetCommitRequestTopic,
  txnOffsetCommitApi,
} from "@ottla/protocol/apis/txn-offset-commit";
import type { ScriptContext } from "../script-context.ts";
import type { ProducerModel } from "../script-model.ts";
import type { StepKind } from "../step.ts";
import { anyGroup, anyMember } from "./group-steps.ts";
import { newProducer, produceBatch } from "./produce-steps.ts";
import { randomBatch } from "./random-batch.ts";

/** From these versions on an API speaks transaction.version 2: partitions are added by being written to, epochs rise with each end. */
const PRODUCE_OF_VERSION_2 = 12;
const COMMIT_OF_VERSION_2 = 5;
const END_OF_VERSION_2 = 5;

/** A transactional producer; undefined: there is none yet. */
export function anyTransactional(context: ScriptContext): ProducerModel | undefined {
  const own = context.model.producers.filter(({ transactionalId }) => transactionalId !== null);
  return own.length === 0 ? undefined : context.random.pick(own);
}

/** Id and epoch that a request names: the producer's, seldom others. */
function identity(context: ScriptContext, producer: ProducerModel): { readonly producerId: number; readonly producerEpoch: number } {
  return {
    producerId: context.mostly(producer.id, [987_654], 0.02),
    producerEpoch: context.mostly(producer.epoch, [producer.epoch + 1, Math.max(0, producer.epoch - 1)], 0.06),
  };
}

/** Markers are written after the answer; until then every call is told to come again. */
async function waitForEnd(context: ScriptContext, transactionalId: string): Promise<void> {
  await context.pair.until(
    `${transactionalId} is complete`,
    describeTransactionsApi,
    0,
    makeDescribeTransactionsRequest({ transactionalIds: [transactionalId] }),
    ({ transactionStates }) => transactionStates.every(({ transactionState }) => !transactionState.startsWith("Prepare")),
  );
}

const init: StepKind = {
  name: "transaction: init",
  weight: 3,
  keys: [ApiKey.InitProducerId, ApiKey.DescribeTransactions],
  async run(context) {
    const { model, random } = context;
    const transactionalId = context.named(`x${random.nextInt(3)}`);
    const known = model.producers.find((each) => each.transactionalId === transactionalId);
    const isBump = known !== undefined && random.chance(0.3);
    const request = makeInitProducerIdRequest({
      transactionalId,
      transactionTimeoutMs: context.mostly(600_000, [0, -1, 2 ** 31 - 1], 0.06),
      producerId: isBump ? context.mostly(known.id, [987_654], 0.1) : -1,
      producerEpoch: isBump ? context.mostly(known.epoch, [known.epoch + 1, Math.max(0, known.epoch - 1)], 0.1) : -1,
    });
    const version = context.version(initProducerIdApi, isBump ? 3 : 0, 5);
    let answer = await context.ask(initProducerIdApi, version, request);
    if (typeof answer !== "string" && answer.errorCode === ErrorCode.CONCURRENT_TRANSACTIONS) {
      // It has ended the open transaction first; the producer asks again.
      await waitForEnd(context, transactionalId);
      answer = await context.ask(initProducerIdApi, version, request);
    }
    if (typeof answer === "string" || answer.errorCode !== 0) return;
    const producer = newProducer(transactionalId, answer.producerId, answer.producerEpoch);
    producer.isVersion2 = random.chance(0.5);
    if (known !== undefined) model.producers.splice(model.producers.indexOf(known), 1);
    model.producers.push(producer);
  },
};

const addPartitions: StepKind = {
  name: "transaction: add partitions",
  weight: 3,
  keys: [ApiKey.AddPartitionsToTxn],
  async run(context) {
    const producer = anyTransactional(context);
    if (producer === undefined) return init.run(context);
    const topic = context.topic();
    const partition = context.partitionOf(topic);
    const { producerId, producerEpoch } = identity(context, producer);
    const request = makeAddPartitionsToTxnRequest({
      v3AndBelowTransactionalId: context.mostly(producer.transactionalId!, [context.named("nobody"), ""], 0.04),
      v3AndBelowProducerId: producerId,
      v3AndBelowProducerEpoch: producerEpoch,
      v3AndBelowTopics: [makeAddPartitionsToTxnTopic({ name: topic?.name ?? context.topicName(), partitions: [partition] })],
    });
    const answer = await context.ask(addPartitionsToTxnApi, context.version(addPartitionsToTxnApi, 0, 3), request);
    if (typeof answer === "string") return;
    const isAdded = answer.resultsByTopicV3AndBelow.every((each) =>
      each.resultsByPartition.every(({ partitionErrorCode }) => partitionErrorCode === 0),
    );
    if (isAdded && topic !== undefined) (producer.open ??= new Set()).add(`${topic.name} ${partition}`);
  },
};

const produceInTransaction: StepKind = {
  name: "transaction: produce",
  weight: 7,
  keys: [ApiKey.AddPartitionsToTxn, ApiKey.Produce],
  async run(context) {
    const { model, random } = context;
    const producer = anyTransactional(context);
    if (producer === undefined) return init.run(context);
    const added = producer.open === null || producer.open.size === 0 ? undefined : random.pick([...producer.open]).split(" ");
    const isAdded = added !== undefined && random.chance(0.8);
    const topic = isAdded ? model.topics.get(added[0]!) : context.topic();
    const partition = isAdded ? Number(added[1]) : context.partitionOf(topic);
    const place = `${topic?.name}-${partition}`;
    const next = producer.sequences.get(place) ?? 0;
    const sequence = context.mostly(next, [next + 1, Math.max(0, next - 1)], 0.06);
    const { producerId, producerEpoch } = identity(context, producer);
    const { records, count } = randomBatch(context, {
      id: producerId,
      epoch: producerEpoch,
      sequence,
      isTransactional: !random.chance(0.03),
    });
    const version = producer.isVersion2
      ? context.version(produceApi, PRODUCE_OF_VERSION_2)
      : context.version(produceApi, 3, PRODUCE_OF_VERSION_2 - 1);
    const error = await produceBatch(context, version, topic, partition, records, context.mostly(producer.transactionalId, [null], 0.03));
    if (error !== 0) return;
    producer.sequences.set(place, sequence + count);
    if (topic !== undefined && producer.isVersion2) (producer.open ??= new Set()).add(`${topic.name} ${partition}`);
  },
};

const addOffsets: StepKind = {
  name: "transaction: add offsets",
  weight: 2,
  keys: [ApiKey.AddOffsetsToTxn],
  async run(context) {
    const producer = anyTransactional(context);
    if (producer === undefined) return init.run(context);
    const request = makeAddOffsetsToTxnRequest({
      transactionalId: context.mostly(producer.transactionalId!, [context.named("nobody")], 0.04),
      ...identity(context, producer),
      groupId: context.mostly(anyGroup(context).name, [""], 0.04),
    });
    const answer = await context.ask(addOffsetsToTxnApi, context.version(addOffsetsToTxnApi), request);
    if (typeof answer !== "string" && answer.errorCode === 0) producer.open ??= new Set();
  },
};

const commitOffsets: StepKind = {
  name: "transaction: commit offsets",
  weight: 4,
  keys: [ApiKey.AddOffsetsToTxn, ApiKey.TxnOffsetCommit],
  async run(context) {
    const { random } = context;
    const producer = anyTransactional(context);
    if (producer === undefined) return init.run(context);
    const group = anyGroup(context);
    const version = producer.isVersion2
      ? context.version(txnOffsetCommitApi, COMMIT_OF_VERSION_2)
      : context.version(txnOffsetCommitApi, 0, COMMIT_OF_VERSION_2 - 1);
    const topic = context.topic();
    const isByMember = version >= 3 && random.chance(0.4);
    const member = isByMember ? anyMember(context, group) : { id: "", instanceId: null };
    const partition = makeTxnOffsetCommitRequestPartition({
      partitionIndex: context.partitionOf(topic),
      committedOffset: context.mostly(random.nextInt(20), [-1, 2 ** 40], 0.1),
      committedLeaderEpoch: version >= 2 ? context.mostly(-1, [0], 0.2) : -1,
      committedMetadata: random.pick([null, "", "note", group.exists ? "x".repeat(4097) : ""]),
    });
    const names = version < 6 ? { name: topic?.name ?? context.topicName() } : { topicId: topic?.id ?? NIL_UUID };
    const request = makeTxnOffsetCommitRequest({
      transactionalId: context.mostly(producer.transactionalId!, [context.named("nobody")], 0.04),
      groupId: group.name,
      ...identity(context, producer),
      generationIdOrMemberEpoch: isByMember ? context.mostly(group.generation, [-1, 99], 0.1) : -1,
      memberId: member.id,
      groupInstanceId: version >= 3 ? member.instanceId : null,
      topics: [makeTxnOffsetCommitRequestTopic({ ...names, partitions: [partition] })],
    });
    const answer = await context.ask(txnOffsetCommitApi, version, request);
    if (typeof answer !== "string" && producer.isVersion2) producer.open ??= new Set();
  },
};

const end: StepKind = {
  name: "transaction: end",
  weight: 5,
  keys: [ApiKey.EndTxn, ApiKey.DescribeTransactions],
  async run(context) {
    const producer = anyTransactional(context);
    if (producer === undefined) return init.run(context);
    const request = makeEndTxnRequest({
      transactionalId: context.mostly(producer.transactionalId!, [context.named("nobody"), ""], 0.04),
      ...identity(context, producer),
      committed: context.random.chance(0.6),
    });
    const isVersion2 = context.mostly(producer.isVersion2, [!producer.isVersion2], 0.05);
    const version = isVersion2 ? context.version(endTxnApi, END_OF_VERSION_2) : context.version(endTxnApi, 0, END_OF_VERSION_2 - 1);
    const answer = await context.ask(endTxnApi, version, request);
    await waitForEnd(context, producer.transactionalId!);
    if (typeof answer === "string" || answer.errorCode !== 0) return;
    producer.open = null;
    if (!isVersion2) return;
    producer.isVersion2 = true;
    if (answer.producerEpoch >= 0) producer.epoch = answer.producerEpoch;
    if (answer.producerId >= 0) producer.id = answer.producerId;
    producer.sequences.clear();
  },
};

const describeTransactions: StepKind = {
  name: "transaction: describe",
  weight: 2,
  keys: [ApiKey.DescribeTransactions],
  async run(context) {
    const own = context.named(`x${context.random.nextInt(3)}`);
    const transactionalIds = context.mostly([own], [[], [own, own], [""], [context.named("nobody")]]);
    await context.ask(
      describeTransactionsApi,
      context.version(describeTransactionsApi),
      makeDescribeTransactionsRequest({ transactionalIds }),
    );
  },
};

const listTransactions: StepKind = {
  name: "transaction: list",
  weight: 2,
  keys: [ApiKey.ListTransactions],
  async run(context) {
    const { random } = context;
    const version = context.version(listTransactionsApi);
    const stateFilters = random.pick([[], [], ["Ongoing"], ["CompleteCommit", "Empty"], ["Nothing"], ["ongoing"]]);
    const producer = anyTransactional(context);
    const producerIdFilters = producer === undefined || random.chance(0.8) ? [] : [producer.id];
    const request = makeListTransactionsRequest({
      stateFilters,
      producerIdFilters,
      durationFilter: version >= 1 ? random.pick([-1, -1, 0, 1_000_000_000]) : -1,
      transactionalIdPattern: version >= 2 ? random.pick([null, "", `${context.model.prefix}x[01]`, "x1"]) : null,
    });
    await context.ask(listTransactionsApi, version, request);
  },
};

export const transactionSteps: readonly StepKind[] = [
  init,
  addPartitions,
  produceInTransaction,
  addOffsets,
  commitOffsets,
  end,
  describeTransactions,
  listTransactions,
];
