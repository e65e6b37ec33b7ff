import { ownValue } from "@ottla/base";
import type { Library } from "./library.ts";

const TRANSACTIONS = {
  begin_transaction: "begin",
  commit_transaction: "commitTransaction",
  abort_transaction: "abort",
  send_offsets_to_transaction: "sendOffsets",
  init_transactions: "initTransactions",
} as const;

/** kafka-python's and aiokafka's names are Kafka's with underscores. */
const underscored = (key: string): string | undefined =>
  ownValue(PYTHON_KEYS, key) ?? (/^[a-z]+(_[a-z]+)*$/.test(key) ? key.replaceAll("_", ".") : undefined);

const PYTHON_KEYS: Readonly<Record<string, string | undefined>> = {
  max_in_flight_requests_per_connection: "max.in.flight.requests.per.connection",
  enable_auto_commit: "enable.auto.commit",
  compression_type: "compression.type",
  request_timeout_ms: "request.timeout.ms",
  ssl_check_hostname: "ssl.check.hostname",
  api_version: undefined,
};

/** Clients for Python. */
export const pythonLibraries: readonly Library[] = [
  {
    id: "confluent-python",
    title: "confluent-kafka for Python",
    languages: ["python"],
    modules: /^confluent_kafka(\.|$)/,
    makes: {
      Producer: "producer",
      SerializingProducer: "producer",
      AIOProducer: "producer",
      Consumer: "consumer",
      DeserializingConsumer: "consumer",
      AIOConsumer: "consumer",
      AdminClient: "admin",
    },
    verbs: {
      producer: { produce: "enqueue", flush: "flush", poll: "store", ...TRANSACTIONS },
      consumer: {
        poll: "poll",
        consume: "poll",
        subscribe: "subscribe",
        commit: "commit",
        close: "close",
        pause: "pause",
        resume: "resume",
        seek: "seek",
        store_offsets: "store",
      },
    },
    keys: "librdkafka",
    defaults: { "enable.idempotence": "false" },
    pollsOne: true,
    sends: "callback",
  },
  {
    id: "kafka-python",
    title: "kafka-python",
    languages: ["python"],
    modules: /^kafka(\.|$)/,
    makes: { KafkaProducer: "producer", KafkaConsumer: "consumer", KafkaAdminClient: "admin" },
    verbs: {
      producer: { send: "send", flush: "flush", close: "close", ...TRANSACTIONS },
      consumer: {
        poll: "poll",
        subscribe: "subscribe",
        commit: "commit",
        commit_async: "commitAsync",
        close: "close",
        pause: "pause",
        resume: "resume",
        seek: "seek",
      },
    },
    keys: underscored,
    defaults: { "session.timeout.ms": "10000", "heartbeat.interval.ms": "3000", "enable.idempotence": "false" },
    sends: "future",
  },
  {
    id: "aiokafka",
    title: "aiokafka",
    languages: ["python"],
    modules: /^aiokafka(\.|$)/,
    makes: { AIOKafkaProducer: "producer", AIOKafkaConsumer: "consumer" },
    verbs: {
      producer: { send: "send", send_and_wait: "send", flush: "flush", stop: "close", transaction: "begin", ...TRANSACTIONS },
      consumer: {
        getone: "poll",
        getmany: "poll",
        subscribe: "subscribe",
        commit: "commit",
        stop: "close",
        pause: "pause",
        resume: "resume",
        seek: "seek",
      },
    },
    keys: underscored,
    defaults: { "session.timeout.ms": "10000", "heartbeat.interval.ms": "3000", "enable.idempotence": "false" },
    sends: "promise",
  },
];
