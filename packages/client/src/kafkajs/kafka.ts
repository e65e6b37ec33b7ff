import { systemClock } from "@ottla/base/node";
import { makeAdmin } from "./admin.ts";
import type { Admin, AdminConfig } from "./admin-types.ts";
import { objectGivenTo } from "./call-arguments.ts";
import { makeConsumer } from "./consumer.ts";
import type { Consumer, ConsumerConfig } from "./consumer-types.ts";
import { checkConfig, type KafkaConfig } from "./kafka-config.ts";
import { type Logger, makeLogger } from "./logger.ts";
import { makeProducer } from "./producer.ts";
import type { Producer, ProducerConfig } from "./producer-types.ts";

/**
 * kafkajs's entry: makes admins, producers and consumers with its calls, carried out by this package's client. `docs/guides/migrating-from-kafkajs.md` lists what differs.
 */
export class Kafka {
  readonly #config: KafkaConfig;
  readonly #logger: Logger;

  constructor(config: KafkaConfig) {
    checkConfig(objectGivenTo("new Kafka", config));
    this.#config = config;
    this.#logger = makeLogger(systemClock, config.logLevel, config.logCreator);
  }

  producer(config: ProducerConfig = {}): Producer {
    return makeProducer(this.#config, objectGivenTo("kafka#producer", config), this.#logger);
  }

  consumer(config: ConsumerConfig): Consumer {
    return makeConsumer(this.#config, config, this.#logger);
  }

  admin(config: AdminConfig = {}): Admin {
    return makeAdmin(this.#config, objectGivenTo("kafka#admin", config), this.#logger);
  }

  logger(): Logger {
    return this.#logger;
  }
}
