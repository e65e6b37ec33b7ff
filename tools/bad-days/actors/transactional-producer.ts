import type { SentTransaction } from "@ottla/conformance/history/history";
import { ErrorCode } from "@ottla/protocol";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import { produceApi } from "@ottla/protocol/apis/produce";
import { Client, isNothingDone } from "./client.ts";
import { CoordinatorFinder, isCoordinatorGone } from "./coordinator-finder.ts";
import { fetchCommitted } from "./group-offsets.ts";
import { batchOf, produceRequest } from "./produced-batch.ts";
import { addOffsets, addPartition, commitInTransaction, endTransaction, type TransactionalPlace } from "./transaction-calls.ts";
import { type LeftProducer, zombieProducer } from "./zombie-producer.ts";

const TRANSACTION_TIMEOUT_MS = 3000;
const ATTEMPTS_MAX = 30;
const AGAIN: ReadonlySet<number> = new Set([
  ErrorCode.CONCURRENT_TRANSACTIONS,
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.LEADER_NOT_AVAILABLE,
  ErrorCode.REQUEST_TIMED_OUT,
  ErrorCode.NOT_ENOUGH_REPLICAS,
  ErrorCode.KAFKA_STORAGE_ERROR,
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
]);

/** A producer of transactions: the protocol of before KIP-890, in which partitions are named first, or of it, in which each transaction has an epoch of its own. */
export async function transactionalProducer(client: Client, transactionalId: string): Promise<void> {
  const session = new TransactionSession(client, transactionalId, client.random.chance(0.5) ? 2 : 1);
  const zombies: Promise<void>[] = [];
  let left: LeftProducer | undefined;
  while (!client.world.isClosing) {
    if (!(await session.initialise())) {
      await client.pause(100);
      continue;
    }
    if (left && client.random.chance(0.7))
      zombies.push(zombieProducer(new Client(client.world, `${client.name}-z${zombies.length}`), left));
    left = undefined;
    for (let count = 1 + client.random.nextInt(15); count > 0 && !client.world.isClosing; count--) {
      if (!(await session.oneTransaction())) break;
      await client.pause(client.world.scenario.paceMs);
    }
    left = session.left();
  }
  // The last transaction is over when somebody has taken over.
  while (!(await session.initialise())) await client.pause(100);
  await Promise.all(zombies);
  await session.lookUpOffset();
}

class TransactionSession {
  readonly #client: Client;
  readonly #transactionalId: string;
  readonly #version: 1 | 2;
  readonly #coordinator: CoordinatorFinder;
  readonly #groupCoordinator: CoordinatorFinder;
  readonly #group: string;
  #producerId = -1;
  #epoch = -1;
  #sequences = new Map<string, number>();
  #count = 0;
  /** Nobody knows whether a batch was stored, so that its sequence numbers are of no more use: only another epoch has new ones. */
  #isUnresolved = false;
  /** The offset that the last transaction carried; each carries a higher one. */
  #inputOffset = 0;
  #transaction: SentTransaction | undefined;

  constructor(client: Client, transactionalId: string, version: 1 | 2) {
    this.#client = client;
    this.#transactionalId = transactionalId;
    this.#version = version;
    this.#group = `${client.name}-input`;
    this.#coordinator = new CoordinatorFinder(client, "transaction", transactionalId);
    this.#groupCoordinator = new CoordinatorFinder(client, "group", this.#group);
  }

  /** Takes the transactional id over, ending what an earlier holder left open. */
  async initialise(): Promise<boolean> {
    const request = makeInitProducerIdRequest({
      transactionalId: this.#transactionalId,
      transactionTimeoutMs: TRANSACTION_TIMEOUT_MS,
      producerId: -1,
      producerEpoch: -1,
    });
    const answer = await this.#ask((nodeId) => this.#client.call(nodeId, initProducerIdApi, 4, request));
    this.#client.note("initialises", this.#transactionalId, `code ${answer?.errorCode}`, `${answer?.producerId}/${answer?.producerEpoch}`);
    if (answer?.errorCode !== ErrorCode.NONE) return false;
    this.#become(answer.producerId, answer.producerEpoch);
    return true;
  }

  /** What goes on when somebody takes over from it as it is now: in the transaction that it is in, or in its next one. */
  left(): LeftProducer {
    const last = this.#transaction;
    const transaction = last?.outcome === "open" ? last : this.#client.world.history.begin(`${this.#client.name}#${++this.#count}`);
    return { place: this.#place, group: this.#group, sequences: new Map(this.#sequences), transaction };
  }

  get #place(): TransactionalPlace {
    return { transactionalId: this.#transactionalId, version: this.#version, producerId: this.#producerId, epoch: this.#epoch };
  }

  /** False when the producer must be initialised again. */
  async oneTransaction(): Promise<boolean> {
    const { random, world, name } = this.#client;
    const transaction = world.history.begin(`${name}#${++this.#count}`);
    this.#transaction = transaction;
    let isWell = true;
    for (let sends = 1 + random.nextInt(4); sends > 0 && isWell; sends--) isWell = await this.#send(transaction);
    if (isWell && random.chance(0.4)) isWell = await this.#sendOffset(transaction);
    // One that dies in the middle leaves its transaction to who comes after it, or to its timeout.
    if (random.chance(0.1)) return false;
    const hasEnded = await this.#end(transaction, isWell && random.chance(0.75));
    return hasEnded && !this.#isUnresolved;
  }

  async #send(transaction: SentTransaction): Promise<boolean> {
    const { random, world, name } = this.#client;
    // Before KIP-890 partitions are named by the name of their topic, which may be another's when it comes.
    const topic = this.#version === 1 ? world.topics[0]! : random.pick(world.topics);
    const partition = random.nextInt(topic.partitionCount);
    const label = topic.label(partition);
    if (this.#version === 1) {
      const added = await this.#ask((nodeId) => addPartition(this.#client, nodeId, this.#place, { topic, partition }));
      if (added?.errorCode !== ErrorCode.NONE) this.#client.note("cannot add", label, `code ${added?.errorCode}`);
      if (added?.errorCode !== ErrorCode.NONE) return false;
    }
    const sequence = this.#sequences.get(label) ?? 0;
    const records = Array.from({ length: 1 + random.nextInt(3) }, (_, i) =>
      world.history.send({
        value: `${transaction.id}.${world.history.sent.length}.${i}`,
        partition: label,
        key: `k${random.nextInt(5)}`,
        producer: `${name}/${this.#producerId}/${this.#epoch}`,
        isIdempotent: true,
        transaction,
      }),
    );
    const producer = { id: this.#producerId, epoch: this.#epoch, sequence };
    const fillBytes = random.nextInt(world.scenario.fillBytesMax);
    const bytes = batchOf(records, { fillBytes, nowMs: world.clock.nowMs(), producer, isTransactional: true });
    const request = produceRequest(topic, partition, bytes, { transactionalId: this.#transactionalId });
    for (let attempt = 0; attempt < ATTEMPTS_MAX && !world.isClosing; attempt++) {
      const leader = await this.#client.leaderOf(topic, partition);
      const wire = leader === undefined ? undefined : await this.#client.wire(leader);
      for (const record of records) record.attempts += wire ? 1 : 0;
      const answer = (await wire?.call(produceApi, this.#version === 2 ? 13 : 11, request, 3000))?.responses[0]?.partitionResponses[0];
      const code = answer?.errorCode;
      this.#client.note("sends", records[0]!.value, records.length, label, `${producer.id}/${producer.epoch}/${sequence}`, `code ${code}`);
      if (code !== undefined) this.#client.isBug("Produce", code);
      if (answer && (code === ErrorCode.NONE || code === ErrorCode.DUPLICATE_SEQUENCE_NUMBER)) {
        records.forEach((record, i) => world.history.acknowledge(record, answer.baseOffset < 0 ? undefined : answer.baseOffset + i));
        this.#sequences.set(label, sequence + records.length);
        return true;
      }
      if (code !== undefined && !AGAIN.has(code) && !isCoordinatorGone(code)) {
        if (attempt === 0 && isNothingDone(code)) for (const record of records) world.history.refuse(record);
        else this.#isUnresolved = true;
        return false;
      }
      this.#client.forgetLeaders();
      await this.#client.pause(40);
    }
    this.#isUnresolved = true;
    return false;
  }

  /** How far the input was read, as part of the transaction. */
  async #sendOffset(transaction: SentTransaction): Promise<boolean> {
    const { world } = this.#client;
    const topic = world.topics[0]!;
    const offset = ++this.#inputOffset;
    if (this.#version === 1) {
      const added = await this.#ask((nodeId) => addOffsets(this.#client, nodeId, this.#place, this.#group));
      if (added?.errorCode !== ErrorCode.NONE) return false;
    }
    const commit = world.history.commit({ group: this.#group, partition: topic.label(0), offset, transaction });
    const place = { group: this.#group, topic, partition: 0, offset };
    const answer = await this.#ask((nodeId) => commitInTransaction(this.#client, nodeId, this.#place, place), this.#groupCoordinator);
    this.#client.note("commits in its transaction", this.#group, offset, `code ${answer?.errorCode}`);
    if (answer?.errorCode !== ErrorCode.NONE) return false;
    world.history.endCommit(commit, true);
    return true;
  }

  /** What its transactions have committed for its group. */
  async lookUpOffset(): Promise<void> {
    const actor = { group: this.#group, memberId: "", epoch: -1 };
    const place = { topic: this.#client.world.topics[0]!, partition: 0 };
    for (;;) {
      const nodeId = await this.#groupCoordinator.find();
      const found = nodeId === undefined ? undefined : await fetchCommitted(this.#client, nodeId, actor, place);
      if (found && "offset" in found) return;
      this.#groupCoordinator.forget();
      await this.#client.pause(100);
    }
  }

  async #end(transaction: SentTransaction, isCommit: boolean): Promise<boolean> {
    const { world } = this.#client;
    world.history.askEnd(transaction, isCommit);
    const answer = await this.#ask((nodeId) => endTransaction(this.#client, nodeId, this.#place, isCommit));
    this.#client.note(isCommit ? "commits" : "aborts", transaction.id, `code ${answer?.errorCode}`);
    if (answer?.errorCode !== ErrorCode.NONE) return false;
    world.history.endTransaction(transaction, isCommit);
    if (this.#version === 2) this.#become(answer.producerId, answer.producerEpoch);
    return true;
  }

  #become(producerId: number, epoch: number): void {
    if (producerId !== this.#producerId || epoch !== this.#epoch) {
      this.#sequences = new Map();
      this.#isUnresolved = false;
    }
    this.#producerId = producerId;
    this.#epoch = epoch;
  }

  /** Asks a coordinator until it answers for good; undefined when that does not come. */
  async #ask<Answer extends { readonly errorCode: number }>(
    call: (nodeId: number) => Promise<Answer | undefined>,
    coordinator: CoordinatorFinder = this.#coordinator,
  ): Promise<Answer | undefined> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const nodeId = await coordinator.find();
      const answer = nodeId === undefined ? undefined : await call(nodeId);
      if (answer) this.#client.isBug("a call of a transaction", answer.errorCode);
      if (answer && !AGAIN.has(answer.errorCode) && !isCoordinatorGone(answer.errorCode)) return answer;
      if (isCoordinatorGone(answer?.errorCode)) coordinator.forget();
      if (this.#client.world.isClosing && attempt > 3) return undefined;
      await this.#client.pause(40);
    }
    return undefined;
  }
}
