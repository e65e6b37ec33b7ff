import type { Producer as ClientProducer } from "../producer/producer-types.ts";
import { listGivenTo, objectGivenTo } from "./call-arguments.ts";
import type { ConnectedClient } from "./connected-client.ts";
import { KafkaJSNonRetriableError } from "./errors.ts";
import type { ProducerBatch } from "./message-types.ts";
import { MessageSender } from "./message-sender.ts";
import type { ProducerConfig, Transaction } from "./producer-types.ts";
import { translating } from "./translate-error.ts";

/** The transactions of one producer, one at a time. */
export class Transactions {
  readonly #connection: ConnectedClient;
  readonly #config: ProducerConfig;
  readonly #sender: MessageSender;
  #producer: ClientProducer | undefined;
  #current: object | undefined;

  constructor(connection: ConnectedClient, config: ProducerConfig) {
    this.#connection = connection;
    this.#config = config;
    this.#sender = new MessageSender(connection, config);
  }

  async begin(): Promise<Transaction> {
    if (!this.#config.transactionalId) throw new KafkaJSNonRetriableError("A producer of transactions must be given a transactionalId");
    if (this.#current !== undefined)
      throw new KafkaJSNonRetriableError("There is already an ongoing transaction for this producer; end it before beginning another");
    const own = {};
    this.#current = own;
    const producer = (this.#producer ??= this.#make());
    try {
      await translating(() => producer.begin());
    } catch (error) {
      this.#current = undefined;
      throw error;
    }
    return this.#transaction(own, producer);
  }

  async close(): Promise<void> {
    this.#current = undefined;
    await this.#producer?.close();
    this.#producer = undefined;
  }

  #make(): ClientProducer {
    const { transactionalId, transactionTimeout, maxInFlightRequests } = this.#config;
    return this.#connection.client.producer({
      transactionalId,
      transactionTimeoutMs: transactionTimeout ?? 60_000,
      maxInFlightRequests: maxInFlightRequests ?? undefined,
    });
  }

  #transaction(own: object, producer: ClientProducer): Transaction {
    const isActive = () => this.#current === own;
    const whileActive = <T>(run: () => Promise<T>): Promise<T> =>
      isActive() ? translating(run) : Promise.reject(new KafkaJSNonRetriableError("Cannot continue to use transaction once ended"));
    const ending = (run: () => Promise<void>) =>
      whileActive(async () => {
        await run();
        this.#current = undefined;
      });
    const sendBatch = (batch: ProducerBatch) =>
      whileActive(() => this.#sender.sendBatch({ ...objectGivenTo("transaction#sendBatch", batch), acks: -1 }, producer));
    return {
      isActive,
      sendBatch,
      async send(record) {
        const { topic, messages, ...how } = objectGivenTo("transaction#send", record);
        return sendBatch({ ...how, topicMessages: [{ topic, messages }] });
      },
      sendOffsets: (offsets) =>
        whileActive(async () => {
          const { consumerGroupId, topics } = objectGivenTo("transaction#sendOffsets", offsets);
          const positions = listGivenTo("transaction#sendOffsets", topics).flatMap(({ topic, partitions }) =>
            listGivenTo("transaction#sendOffsets", partitions).map(({ partition, offset }) => ({
              topic,
              partition: Number(partition),
              offset: Number(offset),
            })),
          );
          await producer.sendOffsets(positions, { groupId: consumerGroupId });
        }),
      commit: () => ending(() => producer.commit()),
      abort: () => ending(() => producer.abort()),
    };
  }
}
