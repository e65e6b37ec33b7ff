import { Admin, Consumer, type Message, type MessagesStream, Producer, stringDeserializers, stringSerializers } from "@platformatic/kafka";
import { waitUntil } from "../process/wait-until.ts";
import { requireTarget } from "../target.ts";
import { uniqueName } from "./unique-name.ts";

const base = () => ({
  clientId: "conformance-platformatic",
  bootstrapBrokers: requireTarget().bootstrap.split(","),
  retries: 10,
  retryDelay: 100,
});

/** A producer of strings. */
export type TextProducer = Producer<string, string, string, string>;
/** A consumer of strings. */
export type TextConsumer = Consumer<string, string, string, string>;
/** A record of strings. */
export type TextMessage = Message<string, string, string, string>;

/** A producer of strings on the cluster under test. */
export function makeProducer(options: { readonly idempotent?: boolean } = {}): TextProducer {
  return new Producer({ ...base(), serializers: stringSerializers, autocreateTopics: true, ...options });
}

/** A producer of transactions under this id. */
export function makeTransactionalProducer(transactionalId: string): TextProducer {
  return new Producer({
    ...base(),
    serializers: stringSerializers,
    transactionalId,
    idempotent: true,
    // Left out, it sends 0 and 0, which another producer's id fences.
    producerId: -1n,
    producerEpoch: -1,
  });
}

/** An admin of the cluster under test. */
export function makeAdmin(): Admin {
  return new Admin(base());
}

/** A consumer of strings in a group of the consumer protocol (KIP-848) on the cluster under test. */
export function makeNewConsumer(groupId: string): TextConsumer {
  return new Consumer({
    ...base(),
    groupId,
    groupProtocol: "consumer",
    deserializers: stringDeserializers,
    rebalanceTimeout: 60_000,
    maxWaitTime: 100,
  });
}

/** A consumer of strings in a classic group on the cluster under test. */
export function makeConsumer(
  groupId: string,
  options: { readonly groupInstanceId?: string; readonly sessionTimeout?: number } = {},
): TextConsumer {
  return new Consumer({
    ...base(),
    groupId,
    deserializers: stringDeserializers,
    sessionTimeout: 6_000,
    rebalanceTimeout: 20_000,
    heartbeatInterval: 200,
    maxWaitTime: 100,
    ...options,
  });
}

/** Reads `topic` from its beginning until `count` records came. */
export async function readAll(topic: string, count: number): Promise<TextMessage[]> {
  const consumer = makeConsumer(uniqueName("platformatic-read"));
  const read: TextMessage[] = [];
  try {
    const stream: MessagesStream<string, string, string, string> = await consumer.consume({
      topics: [topic],
      mode: "earliest",
      autocommit: false,
    });
    stream.on("data", (message: TextMessage) => read.push(message));
    await waitUntil(`${count} records of ${topic} are read`, () => read.length >= count);
  } finally {
    await consumer.close(true);
  }
  return read;
}
