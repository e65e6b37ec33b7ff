import type { SeededRandom } from "@ottla/base/simulated";
import {
  addPartitionsToTxnApi,
  makeAddPartitionsToTxnRequest,
  makeAddPartitionsToTxnTopic,
} from "@ottla/protocol/apis/add-partitions-to-txn";
import { endTxnApi, makeEndTxnRequest } from "@ottla/protocol/apis/end-txn";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, produceApi } from "@ottla/protocol/apis/produce";
import { CODEC_NAMES, RecordBatchBuilder } from "@ottla/protocol/records";
import type { RawConnection } from "../wire/raw-connection.ts";

/** A producer with a sequence that goes on, perhaps in transactions. */
interface Producer {
  readonly id: number;
  readonly epoch: number;
  sequence: number;
}

const HEADERS = [
  { key: "h", value: Buffer.from("x") },
  { key: "empty", value: null },
];
const RETRIES_MAX = 200;
const RETRIABLE: ReadonlySet<number> = new Set([3, 5, 14, 15, 16, 51]);

/** Writes batches of every kind to partition 0 of a topic of Apache Kafka: codecs, headers, tombstones, no keys, large batches, producers with sequences, transactions that commit and abort. */
export class InputWriter {
  readonly #connection: RawConnection;
  readonly #random: SeededRandom;
  readonly #topic: string;
  readonly #producers: Producer[] = [];
  readonly #transactional = new Map<string, Producer>();
  #batches = 0;

  constructor(connection: RawConnection, random: SeededRandom, topic: string) {
    this.#connection = connection;
    this.#random = random;
    this.#topic = topic;
  }

  async write(batches: number): Promise<void> {
    for (let i = 0; i < batches; i++) {
      const what = this.#random.nextInt(20);
      if (what === 0) await this.#transaction("commit");
      else if (what === 1) await this.#transaction("abort");
      else if (what < 7) await this.#produceInOrder();
      else await this.#produce(this.#fill(new RecordBatchBuilder()).close(this.#codec()), null);
    }
  }

  /** So many bytes that a new segment begins, under keys that nobody else has. */
  async roll(bytes: number): Promise<void> {
    for (let written = 0; written < bytes; written += 60_000) {
      const builder = new RecordBatchBuilder();
      builder.append(Buffer.from(`filler-${this.#batches++}`), Buffer.alloc(60_000, this.#batches), [], Date.now());
      await this.#produce(builder.close(), null);
    }
  }

  async #produceInOrder(): Promise<void> {
    if (this.#producers.length < 5) this.#producers.push(await this.#initProducer(null));
    const producer = this.#producers[this.#random.nextInt(this.#producers.length)]!;
    const builder = new RecordBatchBuilder();
    builder.setProducerState(producer.id, producer.epoch, producer.sequence);
    const batch = this.#fill(builder).close(this.#codec());
    producer.sequence += builder.recordCount;
    await this.#produce(batch, null);
  }

  async #transaction(outcome: "commit" | "abort"): Promise<void> {
    const id = `transactional-${this.#random.nextInt(3)}`;
    let producer = this.#transactional.get(id);
    if (producer === undefined) this.#transactional.set(id, (producer = await this.#initProducer(id)));
    const topics = [makeAddPartitionsToTxnTopic({ name: this.#topic, partitions: [0] })];
    const joined = {
      v3AndBelowTransactionalId: id,
      v3AndBelowProducerId: producer.id,
      v3AndBelowProducerEpoch: producer.epoch,
      v3AndBelowTopics: topics,
    };
    await this.#until("AddPartitionsToTxn", async () => {
      const answer = await this.#connection.ask(addPartitionsToTxnApi, 3, makeAddPartitionsToTxnRequest(joined));
      return answer?.resultsByTopicV3AndBelow[0]?.resultsByPartition[0]?.partitionErrorCode ?? -1;
    });
    for (let batches = 1 + this.#random.nextInt(3); batches > 0; batches--) {
      const builder = new RecordBatchBuilder({ isTransactional: true });
      builder.setProducerState(producer.id, producer.epoch, producer.sequence);
      const batch = this.#fill(builder).close(this.#codec());
      producer.sequence += builder.recordCount;
      await this.#produce(batch, id);
      if (this.#random.nextInt(3) === 0) await this.#produce(this.#fill(new RecordBatchBuilder()).close(), null);
    }
    const end = { transactionalId: id, producerId: producer.id, producerEpoch: producer.epoch, committed: outcome === "commit" };
    await this.#until("EndTxn", async () => (await this.#connection.ask(endTxnApi, 3, makeEndTxnRequest(end)))?.errorCode ?? -1);
  }

  async #initProducer(transactionalId: string | null): Promise<Producer> {
    // The question makes the coordinator's topic.
    if (transactionalId !== null) {
      const question = makeFindCoordinatorRequest({ key: transactionalId, keyType: 1 });
      await this.#until("FindCoordinator", async () => (await this.#connection.ask(findCoordinatorApi, 3, question))?.errorCode ?? -1);
    }
    let made: Producer | undefined;
    await this.#until("InitProducerId", async () => {
      const request = makeInitProducerIdRequest({ transactionalId, transactionTimeoutMs: 60_000 });
      const answer = await this.#connection.ask(initProducerIdApi, 4, request);
      if (answer?.errorCode === 0) made = { id: answer.producerId, epoch: answer.producerEpoch, sequence: 0 };
      return answer?.errorCode ?? -1;
    });
    return made!;
  }

  async #produce(batch: Buffer, transactionalId: string | null): Promise<void> {
    const topicData = [
      makeTopicProduceData({ name: this.#topic, partitionData: [makePartitionProduceData({ index: 0, records: batch })] }),
    ];
    await this.#until("Produce", async () => {
      const answer = await this.#connection.ask(
        produceApi,
        8,
        makeProduceRequest({ transactionalId, acks: -1, timeoutMs: 30_000, topicData }),
      );
      return answer?.responses[0]?.partitionResponses[0]?.errorCode ?? -1;
    });
  }

  async #until(what: string, ask: () => Promise<number>): Promise<void> {
    for (let tries = 0; ; tries++) {
      const code = await ask();
      if (code === 0) return;
      if (!RETRIABLE.has(code) || tries === RETRIES_MAX) throw new Error(`${what} was answered ${code}.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #fill(builder: RecordBatchBuilder): RecordBatchBuilder {
    const random = this.#random;
    this.#batches++;
    const nowMs = Date.now();
    // Now and then a batch that is larger than what a cleaner reads at once.
    const valueBytes = random.nextInt(40) === 0 ? 300_000 : 1 + random.nextInt(4000);
    const count = valueBytes > 10_000 ? 2 : 1 + random.nextInt(8);
    for (let i = 0; i < count; i++) {
      const key = random.nextInt(30) === 0 ? null : Buffer.from(`key-${random.nextInt(150)}`);
      const value = random.nextInt(8) === 0 ? null : Buffer.alloc(valueBytes, `${this.#batches}.${i} `);
      const headers = random.nextInt(5) === 0 ? HEADERS : [];
      builder.append(key, value, headers, nowMs - random.nextInt(5000));
    }
    return builder;
  }

  #codec(): (typeof CODEC_NAMES)[number] {
    return CODEC_NAMES[Math.max(0, this.#random.nextInt(9) - 4)]!;
  }
}
