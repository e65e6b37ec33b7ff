import { ErrorCode } from "@ottla/protocol";
import { endTxnApi, makeEndTxnRequest } from "@ottla/protocol/apis/end-txn";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import { produceApi } from "@ottla/protocol/apis/produce";
import type { SentTransaction } from "@ottla/conformance/history/history";
import type { SimulatedTopic } from "../world/simulated-topic.ts";
import type { Client } from "./client.ts";
import { batchOf, produceRequest } from "./produced-batch.ts";
import { TransactionalGroup } from "./transactional-group.ts";
import { coordinatorOf, TRANSACTION } from "./coordinator-of.ts";

const TIMEOUT_MS = 30_000;

/** Who the producer is for the coordinator, until it says otherwise. */
interface Identity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** What heals by asking again. */
const AGAIN: ReadonlySet<number> = new Set([
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.LEADER_NOT_AVAILABLE,
  ErrorCode.REQUEST_TIMED_OUT,
  ErrorCode.KAFKA_STORAGE_ERROR,
  ErrorCode.NOT_ENOUGH_REPLICAS,
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.CONCURRENT_TRANSACTIONS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.NOT_COORDINATOR,
]);

/** Writes in transactions (KIP-890, part 2): some are committed, some aborted, some left by a producer that died; with each goes an offset of a group of its own. */
export async function transactionalProducer(client: Client): Promise<void> {
  const { world, random } = client;
  const group = new TransactionalGroup(client);
  let count = 0;
  while (!world.isClosing) {
    let identity = await newIdentity(client);
    for (let left = 1 + random.nextInt(6); identity !== undefined && left > 0 && !world.isClosing; left--) {
      const transaction = world.history.begin(`${client.name}/${++count}`);
      const run = new Run(client, identity, transaction);
      const isWhole = (await run.write()) && (await group.commit(identity, transaction.id));
      const isLeft = random.chance(0.1);
      // What could not be written whole is not to be committed.
      identity = isLeft ? undefined : await run.end(isWhole && random.chance(0.65));
      group.ended(transaction.outcome);
      await client.pause(world.scenario.paceMs);
    }
  }
  // The last transaction is over when there is a new epoch.
  while ((await newIdentity(client)) === undefined) await client.pause(100);
  await group.check();
}

/** Ends what an earlier life has left open. Undefined where that could not be had now. */
async function newIdentity(client: Client): Promise<Identity | undefined> {
  const node = await coordinatorOf(client, TRANSACTION, client.name);
  const request = makeInitProducerIdRequest({
    transactionalId: client.name,
    transactionTimeoutMs: TIMEOUT_MS,
    producerId: -1,
    producerEpoch: -1,
  });
  const answer = node === undefined ? undefined : await client.call(node, initProducerIdApi, 5, request);
  client.note("is", answer ? `code ${answer.errorCode} ${answer.producerId}/${answer.producerEpoch}` : "nobody");
  if (answer?.errorCode === ErrorCode.NONE) return answer;
  if (answer) client.isBug("InitProducerId", answer.errorCode);
  await client.pause(50);
  return undefined;
}

/** One transaction. */
class Run {
  readonly #client: Client;
  readonly #identity: Identity;
  readonly #transaction: SentTransaction;
  readonly #sequences = new Map<string, number>();

  constructor(client: Client, identity: Identity, transaction: SentTransaction) {
    this.#client = client;
    this.#identity = identity;
    this.#transaction = transaction;
  }

  /** Sends some batches, each until it is stored. False when one cannot be. */
  async write(): Promise<boolean> {
    const { world, random } = this.#client;
    for (let left = 1 + random.nextInt(4); left > 0; left--) {
      const topic = random.pick(world.topics);
      if (!(await this.#send(topic, random.nextInt(topic.partitionCount)))) return false;
    }
    return true;
  }

  async #send(topic: SimulatedTopic, partition: number): Promise<boolean> {
    const { world, random, name } = this.#client;
    const label = topic.label(partition);
    const sequence = this.#sequences.get(label) ?? 0;
    const records = Array.from({ length: 1 + random.nextInt(3) }, (_, i) =>
      world.history.send({
        value: `${this.#transaction.id}-${label}-${sequence + i}`,
        partition: label,
        producer: name,
        isIdempotent: true,
        transaction: this.#transaction,
      }),
    );
    this.#sequences.set(label, sequence + records.length);
    const producer = { id: this.#identity.producerId, epoch: this.#identity.producerEpoch, sequence };
    const fillBytes = random.nextInt(world.scenario.fillBytesMax);
    const bytes = batchOf(records, { fillBytes, nowMs: world.clock.nowMs(), producer, isTransactional: true });
    const request = produceRequest(topic, partition, bytes, { transactionalId: name });
    for (let attempt = 0; attempt < 60; attempt++) {
      const leader = await this.#client.leaderOf(topic, partition);
      for (const record of records) record.attempts++;
      const answer = leader === undefined ? undefined : await this.#client.call(leader, produceApi, 13, request);
      const result = answer?.responses[0]?.partitionResponses[0];
      this.#client.note(
        "sends",
        records[0]!.value,
        records.length,
        result ? `code ${result.errorCode} offset ${result.baseOffset}` : "nothing",
      );
      if (result?.errorCode === ErrorCode.NONE) {
        records.forEach((record, i) => world.history.acknowledge(record, result.baseOffset < 0 ? undefined : result.baseOffset + i));
        return true;
      }
      if (result && (this.#client.isBug("Produce", result.errorCode) || !AGAIN.has(result.errorCode))) return false;
      this.#client.forgetLeaders();
      await this.#client.pause(50);
    }
    return false;
  }

  /** Asks for the end until it is there. The producer's next epoch; undefined when it has to begin anew. */
  async end(isCommit: boolean): Promise<Identity | undefined> {
    const { world, name } = this.#client;
    const { producerId, producerEpoch } = this.#identity;
    world.history.askEnd(this.#transaction, isCommit);
    const request = makeEndTxnRequest({ transactionalId: name, producerId, producerEpoch, committed: isCommit });
    for (let attempt = 0; attempt < 60; attempt++) {
      const node = await coordinatorOf(this.#client, TRANSACTION, name);
      const answer = node === undefined ? undefined : await this.#client.call(node, endTxnApi, 5, request);
      this.#client.note(isCommit ? "commits" : "aborts", this.#transaction.id, answer ? `code ${answer.errorCode}` : "nothing");
      if (answer?.errorCode === ErrorCode.NONE) {
        this.#transaction.outcome = isCommit ? "committed" : "aborted";
        return answer.producerId < 0 ? this.#identity : answer;
      }
      if (answer && (this.#client.isBug("EndTxn", answer.errorCode) || !AGAIN.has(answer.errorCode))) return undefined;
      await this.#client.pause(50);
    }
    return undefined;
  }
}
