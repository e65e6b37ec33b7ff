import type { SentTransaction } from "@ottla/conformance/history/history";
import { ErrorCode } from "@ottla/protocol";
import { produceApi } from "@ottla/protocol/apis/produce";
import type { Client } from "./client.ts";
import { CoordinatorFinder } from "./coordinator-finder.ts";
import { batchOf, produceRequest } from "./produced-batch.ts";
import { addOffsets, addPartition, commitInTransaction, endTransaction, type TransactionalPlace } from "./transaction-calls.ts";

/** What a producer leaves behind that was taken for dead. */
export interface LeftProducer {
  readonly place: TransactionalPlace;
  readonly group: string;
  readonly sequences: ReadonlyMap<string, number>;
  readonly transaction: SentTransaction;
}

const ROUNDS_MAX = 4;

/**
 * A producer that was held up while another took over its transactional id, and goes on as if nothing had happened: sends, commits offsets, ends its transaction. Nothing of
 * it may be taken any more; its transaction stays one that nobody asked to commit.
 */
export async function zombieProducer(client: Client, { place, group, sequences, transaction }: LeftProducer): Promise<void> {
  const { world, random } = client;
  const coordinator = new CoordinatorFinder(client, "transaction", place.transactionalId);
  const groupCoordinator = new CoordinatorFinder(client, "group", group);
  const ask = async (
    what: string,
    finder: CoordinatorFinder,
    call: (nodeId: number) => Promise<{ readonly errorCode: number } | undefined>,
  ): Promise<void> => {
    const nodeId = await finder.find();
    const code = nodeId === undefined ? undefined : (await call(nodeId))?.errorCode;
    finder.forget();
    judge(client, what, code);
  };
  const next = new Map(sequences);
  for (let round = random.nextInt(ROUNDS_MAX); round >= 0 && !world.isClosing; round--) {
    const topic = world.topics[0]!;
    const partition = random.nextInt(topic.firstPartitionCount);
    if (place.version === 1 && random.chance(0.5))
      await ask("AddPartitionsToTxn", coordinator, (nodeId) => addPartition(client, nodeId, place, { topic, partition }));
    await send(client, { place, group, sequences: next, transaction }, partition);
    if (random.chance(0.5)) {
      // One that no real reader comes to, so that it is known for what it is.
      const offset = 1_000_000 + random.nextInt(1000);
      if (place.version === 1) await ask("AddOffsetsToTxn", coordinator, (nodeId) => addOffsets(client, nodeId, place, group));
      world.history.commit({ group, partition: topic.label(0), offset, transaction });
      const commit = { group, topic, partition: 0, offset };
      await ask("TxnOffsetCommit", groupCoordinator, (nodeId) => commitInTransaction(client, nodeId, place, commit));
    }
    if (random.chance(0.5)) {
      const isCommit = random.chance(0.7);
      await ask("EndTxn", coordinator, (nodeId) => endTransaction(client, nodeId, place, isCommit));
    }
    await client.pause(world.scenario.paceMs);
  }
  client.disconnect();
}

async function send(client: Client, { place, sequences, transaction }: LeftProducer, partition: number): Promise<void> {
  const { world, random, name } = client;
  const topic = world.topics[0]!;
  const label = topic.label(partition);
  const record = world.history.send({
    value: `${name}-${transaction.id}.${world.history.sent.length}`,
    partition: label,
    key: `k${random.nextInt(5)}`,
    producer: `${name}/${place.producerId}/${place.epoch}`,
    isIdempotent: true,
    transaction,
  });
  const producer = { id: place.producerId, epoch: place.epoch, sequence: sequences.get(label) ?? 0 };
  const bytes = batchOf([record], { fillBytes: 1, nowMs: world.clock.nowMs(), producer, isTransactional: true });
  const leader = await client.leaderOf(topic, partition);
  const wire = leader === undefined ? undefined : await client.wire(leader);
  if (!wire) return;
  record.attempts++;
  const request = produceRequest(topic, partition, bytes, { transactionalId: place.transactionalId });
  const answer = (await wire.call(produceApi, place.version === 2 ? 13 : 11, request, 3000))?.responses[0]?.partitionResponses[0];
  judge(client, "Produce", answer?.errorCode);
  client.forgetLeaders();
}

function judge(client: Client, what: string, code: number | undefined): void {
  client.note("goes on after it was replaced:", what, `code ${code}`);
  if (code !== undefined) client.isBug(what, code);
  if (code === ErrorCode.NONE) client.world.fault(`${client.name}: ${what} of a producer that was replaced was taken`);
}
