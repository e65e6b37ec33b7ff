import type { Language } from "../syntax/language.ts";

/** What a client is for; `client`: what makes the others. */
export type ClientRole = "client" | "producer" | "consumer" | "admin" | "streams";

/** What a call of a client does. */
export type Verb =
  | "send"
  | "enqueue"
  | "flush"
  | "poll"
  | "records"
  | "run"
  | "subscribe"
  | "commit"
  | "commitAsync"
  | "close"
  | "wakeup"
  | "pause"
  | "resume"
  | "seek"
  | "heartbeat"
  | "initTransactions"
  | "begin"
  | "commitTransaction"
  | "abort"
  | "sendOffsets"
  | "start"
  | "store";

type LibraryId =
  | "ottla"
  | "kafkajs"
  | "platformatic"
  | "node-rdkafka"
  | "confluent-javascript"
  | "java"
  | "spring"
  | "confluent-python"
  | "kafka-python"
  | "aiokafka"
  | "confluent-go"
  | "franz-go"
  | "sarama"
  | "kafka-go";

/** What is known of a client library: facts only, how it is looked for is elsewhere. */
export interface Library {
  readonly id: LibraryId;
  readonly title: string;
  readonly languages: readonly Language[];
  /** Modules by which a file takes it. */
  readonly modules: RegExp;
  /** What constructors and functions make, by their last name. */
  readonly makes: Readonly<Record<string, ClientRole>>;
  /** What methods of its client make. */
  readonly gives?: Readonly<Record<string, ClientRole>>;
  /** Names of types besides those in `makes`. */
  readonly types?: Readonly<Record<string, ClientRole>>;
  /** Names that no other library has, so that a file without imports tells by them. */
  readonly telling?: readonly string[];
  /** What its methods do. */
  readonly verbs: Partial<Readonly<Record<ClientRole, Readonly<Record<string, Verb>>>>>;
  /** How settings are called: as in Apache Kafka, as in librdkafka (dots, but others too), or by names of its own. */
  readonly keys: "kafka" | "librdkafka" | ((key: string) => string | undefined);
  /** Settings that every send is given, called as in Apache Kafka. */
  readonly sendKeys?: readonly string[];
  /** What it takes where nothing is said and Apache Kafka's clients take something else. */
  readonly defaults?: Readonly<Record<string, string>>;
  /** Whether a poll gives one record. */
  readonly pollsOne?: boolean;
  /** Whether sending gives a promise or future that may be dropped. */
  readonly sends: "promise" | "future" | "callback" | "error";
  /** Handlers given by name to `run`, and whether they get one record. */
  readonly handlers?: Readonly<Record<string, "record" | "batch">>;
}

/** Names of settings in camel case, as most clients in TypeScript have them, and what they are in Kafka. */
export function camelKeys(own: Readonly<Record<string, string>>): (key: string) => string | undefined {
  return (key) => (Object.hasOwn(own, key) ? own[key] : undefined);
}
