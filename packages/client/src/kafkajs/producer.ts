import { objectGivenTo } from "./call-arguments.ts";
import { ConnectedClient, clientLogger } from "./connected-client.ts";
import { KafkaJSNonRetriableError } from "./errors.ts";
import { Events, producerEvents } from "./events.ts";
import type { KafkaConfig } from "./kafka-config.ts";
import type { Logger } from "./logger.ts";
import { MessageSender } from "./message-sender.ts";
import { NetworkEvents } from "./network-events.ts";
import type { Producer, ProducerConfig } from "./producer-types.ts";
import { Transactions } from "./transaction.ts";

/** A producer with kafkajs's calls. `send` is sent at once, alone or together with what else is being sent; each call names its acks and codec. */
export function makeProducer(config: KafkaConfig, own: ProducerConfig, rootLogger: Logger): Producer {
  const logger = rootLogger.namespace("Producer");
  if (own.transactionalId !== undefined && own.idempotent === false)
    throw new KafkaJSNonRetriableError("Cannot enable transactions on a producer that is not idempotent: remove idempotent: false");
  const network = new NetworkEvents(producerEvents, config.clientId);
  const connection = new ConnectedClient("producer", config, own.retry, { logger: network.observe(clientLogger(logger)) });
  const events = new Events(producerEvents, connection.deps.clock, logger);
  network.tell(events);
  const sender = new MessageSender(connection, own);
  const transactions = new Transactions(connection, own);
  return {
    async connect() {
      await connection.connect();
      events.emit(producerEvents.CONNECT);
    },
    async disconnect() {
      await sender.close();
      await transactions.close();
      await connection.disconnect();
      events.emit(producerEvents.DISCONNECT);
    },
    isIdempotent: () => own.idempotent ?? own.transactionalId !== undefined,
    events: producerEvents,
    on: (event, listener) => events.on(event, listener),
    async send(record) {
      const { topic, messages, ...how } = objectGivenTo("producer#send", record);
      return sender.sendBatch({ ...how, topicMessages: [{ topic, messages }] });
    },
    sendBatch: async (batch) => sender.sendBatch(objectGivenTo("producer#sendBatch", batch)),
    transaction: () => transactions.begin(),
    logger: () => logger,
  };
}
