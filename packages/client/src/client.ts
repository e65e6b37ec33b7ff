import type { Admin } from "./admin/admin-types.ts";
import { makeAdmin } from "./admin/kafka-admin.ts";
import { Cluster } from "./cluster/cluster.ts";
import { ClientError } from "./client-error.ts";
import { KafkaConsumer } from "./consumer/kafka-consumer.ts";
import type { Consumer, ConsumerOptions } from "./consumer/consumer-types.ts";
import { type ClientDeps, resolveDeps } from "./deps.ts";
import type { ClientOptions } from "./options/client-options.ts";
import { resolveClientOptions } from "./options/resolve-client-options.ts";
import { KafkaProducer } from "./producer/kafka-producer.ts";
import type { Producer, ProducerOptions } from "./producer/producer-types.ts";

/** One program's way to a cluster. What it makes shares metadata and goes with it. */
export interface Client {
  admin(): Admin;
  producer(options?: ProducerOptions): Producer;
  consumer(options?: ConsumerOptions): Consumer;
  /** Closes all that it made, then itself. */
  close(): Promise<void>;
}

/** Makes a client. Nothing is connected until the first call. Throws `ClientError` INVALID_OPTION. */
export function createClient(options: ClientOptions, deps?: Partial<ClientDeps>): Client {
  const cluster = new Cluster(resolveDeps(deps), resolveClientOptions(options));
  const members = new Set<{ close(): Promise<void> }>();
  let closing: Promise<void> | undefined;
  const adopt = <T extends { close(): Promise<void> }>(make: (onClose: () => void) => T): T => {
    if (closing) throw new ClientError("CLIENT_CLOSED", "The client was closed.");
    const member = make(() => void members.delete(member));
    members.add(member);
    return member;
  };
  return {
    admin: () => adopt((onClose) => makeAdmin(cluster, onClose)),
    producer: (producerOptions) => adopt((onClose) => new KafkaProducer(cluster, producerOptions, onClose)),
    consumer: (consumerOptions) => adopt((onClose) => new KafkaConsumer(cluster, consumerOptions, onClose)),
    close() {
      closing ??= Promise.all([...members].map((member) => member.close())).then(() => cluster.close());
      return closing;
    },
  };
}
