import type { Library } from "./library.ts";

const PRODUCER = {
  send: "send",
  flush: "flush",
  close: "close",
  initTransactions: "initTransactions",
  beginTransaction: "begin",
  commitTransaction: "commitTransaction",
  abortTransaction: "abort",
  sendOffsetsToTransaction: "sendOffsets",
} as const;

/** Clients for the Java virtual machine. */
export const jvmLibraries: readonly Library[] = [
  {
    id: "java",
    title: "Apache Kafka's Java client",
    languages: ["java", "kotlin"],
    modules: /^org\.apache\.kafka\.(clients|streams)\b/,
    makes: {
      KafkaProducer: "producer",
      KafkaConsumer: "consumer",
      KafkaShareConsumer: "consumer",
      KafkaStreams: "streams",
      KafkaAdminClient: "admin",
    },
    types: { Producer: "producer", Consumer: "consumer", AdminClient: "admin", Admin: "admin" },
    telling: [
      "KafkaProducer",
      "KafkaConsumer",
      "KafkaStreams",
      "StreamsBuilder",
      "ProducerConfig",
      "ConsumerConfig",
      "StreamsConfig",
      "ProducerRecord",
      "ConsumerRecords",
    ],
    verbs: {
      producer: PRODUCER,
      consumer: {
        poll: "poll",
        subscribe: "subscribe",
        commitSync: "commit",
        commitAsync: "commitAsync",
        close: "close",
        wakeup: "wakeup",
        pause: "pause",
        resume: "resume",
        seek: "seek",
      },
      admin: { close: "close" },
      streams: { start: "start", close: "close" },
    },
    keys: "kafka",
    sends: "future",
  },
  {
    id: "spring",
    title: "Spring for Apache Kafka",
    languages: ["java", "kotlin"],
    modules: /^org\.springframework\.kafka\b/,
    makes: { DefaultKafkaProducerFactory: "producer", DefaultKafkaConsumerFactory: "consumer", KafkaTemplate: "producer" },
    types: { KafkaTemplate: "producer", KafkaOperations: "producer", ReplyingKafkaTemplate: "producer", Acknowledgment: "consumer" },
    telling: ["KafkaTemplate", "KafkaListener", "DefaultKafkaProducerFactory", "DefaultKafkaConsumerFactory"],
    verbs: {
      producer: { send: "send", sendDefault: "send", executeInTransaction: "begin", flush: "flush" },
      consumer: { acknowledge: "commitAsync" },
    },
    keys: "kafka",
    sends: "future",
  },
];
