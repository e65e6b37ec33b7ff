import type { Feature } from "./status-page.ts";

const nextIssue = "comes with a later issue";

/** What docs/status.md lists. */
export const features: readonly Feature[] = [
  // Getting started
  {
    area: "Getting started",
    feature: "`npm test` in a fresh clone with Node 20 and npm alone",
    state: "works",
    proofs: [{ command: "npm test" }],
  },
  {
    area: "Getting started",
    feature: "`npm start`: a broker with a demo on real data",
    state: "works",
    proofs: [{ command: "npm start" }],
  },
  {
    area: "Getting started",
    feature: "the packed `ottla` package works outside the checkout",
    state: "works",
    proofs: [{ command: "npm run test:package" }],
  },

  // Protocol
  {
    area: "Protocol",
    feature: "codecs of all 69 client-facing APIs, every version, requests and responses",
    state: "works",
    proofs: [
      { test: "every message survives writing and reading in every version, unknown tagged fields included" },
      { test: "are read and written alike:" },
    ],
  },
  {
    area: "Protocol",
    feature: "damaged, cut and hostile bytes end in one error, without loops or large allocations",
    state: "works",
    proofs: [
      { test: "damaged bytes raise nothing but MalformedBytesError, in every message and version" },
      { test: "is refused without being unpacked" },
    ],
  },
  {
    area: "Protocol",
    feature: "record batches v2: building, walking, checking, patching in place",
    state: "works",
    proofs: [
      { test: "a batch that Java wrote is read as it was meant:" },
      { test: "our bytes are Java's:" },
      { test: "C3: a flipped bit anywhere behind the leader epoch is found" },
    ],
  },
  {
    area: "Protocol",
    feature: "gzip, snappy (streams and raw), lz4, zstd",
    state: "works",
    proofs: [
      { test: "records of any shape survive building and reading, in every codec" },
      { test: "C7: raw snappy is read as well as streams" },
    ],
  },
  {
    area: "Protocol",
    feature: "error table and API versions equal to Apache Kafka's",
    state: "works",
    proofs: [{ test: "agree on every error's code and on what a client does about it" }, { test: "agree on every API's versions" }],
  },
  { area: "Protocol", feature: "message formats v0 and v1 (before Kafka 0.11)", state: "absent", note: "refused, as by Apache Kafka 4" },

  // Log
  {
    area: "Log",
    feature: "segments, offset and time indexes in Kafka's format",
    state: "works",
    proofs: [{ command: "npm run test:dump-log" }, { test: "files that are ${how} change nothing that is seen (fault 3)" }],
  },
  {
    area: "Log",
    feature: "recovery after a kill or a power loss, at every byte of the tail",
    state: "works",
    proofs: [
      { test: "is cut at the last whole batch, wherever the last two batches are torn (fault 3)" },
      { test: "has everything that was appended, and checks only segments from the recovery point on" },
    ],
  },
  {
    area: "Log",
    feature: "damage below the tail is an error, never a silent loss",
    state: "works",
    proofs: [{ test: "below the recovery point is an error when it is read, never a silent loss (fault 3)" }],
  },
  {
    area: "Log",
    feature: "rolling by size, time and index; reads and look-ups",
    state: "works",
    proofs: [
      { test: "roll when the next batch would not fit" },
      { test: "equals what was appended, over many segments and from any offset" },
    ],
  },
  {
    area: "Log",
    feature: "a full disk refuses writes and goes on reading",
    state: "works",
    proofs: [{ test: "a full disk is KAFKA_STORAGE_ERROR, reads go on, and freed space resumes" }],
  },
  { area: "Log", feature: "compaction, transaction index, tiered storage", state: "absent", note: nextIssue },

  // Broker
  {
    area: "Broker: data path",
    feature: "ApiVersions, Metadata, auto-creation, topic ids",
    state: "works",
    proofs: [
      { test: "A1: every version of ApiVersions is answered with response header v0" },
      { test: "B1: a topic is found by its id, and an unknown id is told apart from an unknown name" },
    ],
  },
  {
    area: "Broker: data path",
    feature: "Produce 3 to 13, Fetch 4 to 18, ListOffsets, OffsetForLeaderEpoch",
    state: "works",
    proofs: [
      { test: "a batch is answered with its base offset in every version, by name and by id" },
      { test: "reads back in order what it wrote with ${codec}" },
    ],
  },
  {
    area: "Broker: data path",
    feature: "idempotent producers, sequences kept over restarts",
    state: "works",
    proofs: [
      {
        test: "F1: a repeated batch of an idempotent producer is answered with its old offset, a gap is refused, and both survive a restart",
      },
    ],
  },
  {
    area: "Broker: data path",
    feature: "fetch sessions",
    state: "works",
    proofs: [{ test: "D4: a session id is never 0 and never one in use" }],
  },
  {
    area: "Broker: data path",
    feature: "bounded memory per connection, limits on frames and connections",
    state: "works",
    proofs: [
      { test: "a client that does not take its answers is not read any further" },
      { test: "connections beyond max.connections are refused, and room is made when one leaves" },
    ],
  },
  {
    area: "Broker: data path",
    feature: "virtual brokers (`--brokers N`): listeners, leaders, NOT_LEADER answers",
    state: "works",
    proofs: [{ test: "C8: another virtual broker answers NOT_LEADER_OR_FOLLOWER and from v10 names the leader and where it is" }],
  },
  { area: "Broker: data path", feature: "transactions", state: "absent", note: nextIssue },
  {
    area: "Broker: groups",
    feature: "classic groups: join, sync, heartbeat, leave, static members, cooperative rebalances",
    state: "works",
    proofs: [
      { test: "two, three, then one member: every partition always has exactly one owner and no record is lost (G1, G3)" },
      { test: "whatever clients, time and the disk do, a group stays one, answers in time, and comes to rest (G4)" },
    ],
  },
  {
    area: "Broker: groups",
    feature: "groups and offsets in a real `__consumer_offsets` topic, kept over restarts; expiry",
    state: "works",
    proofs: [
      { test: "a stable group and its members are there after a restart (G6)" },
      { test: "offsets expire by when their group became empty, or by their commit where no membership keeps them (G6)" },
    ],
  },
  { area: "Broker: groups", feature: "the consumer group protocol of KIP-848, share and streams groups", state: "absent", note: nextIssue },
  {
    area: "Broker: admin",
    feature: "topics and partitions: create, delete, describe, extend, reassign, elect",
    state: "works",
    proofs: [
      { test: "each topic of a CreateTopics request succeeds or fails alone, with Kafka's code (B2, B7, B8)" },
      { test: "every version of every admin API answers an empty request" },
    ],
  },
  {
    area: "Broker: admin",
    feature: "every topic, broker and group config of Kafka 4.3.1, with source, synonyms and dynamic change",
    state: "works",
    note: "keys without effect here say so in their documentation",
    proofs: [
      { test: "topic settings are those of Apache Kafka 4.3.1 (B5)" },
      { test: "broker settings are those of Apache Kafka 4.3.1 (B5)" },
    ],
  },
  {
    area: "Broker: admin",
    feature: "metadata kept in a journal over restarts and crashes",
    state: "works",
    proofs: [
      { test: "a disk that refuses the change leaves everything as it was, and later changes work" },
      { command: "npm run test:crash" },
    ],
  },
  { area: "Broker: admin", feature: "TLS, SASL, ACLs, quotas, delegation tokens", state: "absent", note: nextIssue },

  // Client
  {
    area: "Client",
    feature: "connections, version negotiation, metadata, retries",
    state: "works",
    proofs: [{ command: "npm run test:kafka" }],
  },
  {
    area: "Client",
    feature: "producer: batching, all codecs, acks, idempotence, partitioning as Java's",
    state: "works",
    proofs: [
      { test: "murmur2 and the partition of a key are Java's, negative hashes included" },
      { test: "a batch is numbered once and follows the one before" },
      { command: "npm run test:kafka" },
    ],
  },
  {
    area: "Client",
    feature: "consumer: fetch sessions, classic groups, four assignors equal to Java's",
    state: "works",
    proofs: [{ test: "gives every member what Java gives it" }, { command: "npm run test:kafka" }],
  },
  {
    area: "Client",
    feature: "admin: topics, configs, groups, offsets, records, cluster",
    state: "works",
    proofs: [{ command: "npm run test:kafka" }],
  },
  { area: "Client", feature: "transactions, TLS, SASL, KIP-848", state: "absent", note: nextIssue },

  // Seams
  {
    area: "Base",
    feature: "real and simulated clock, disk and net keep the same promises",
    state: "works",
    proofs: [
      { test: "appended buffers are one stretch of bytes, readable at any position by both ways of reading" },
      { test: "a receiver that pauses stops the sender, which is told when it may go on" },
    ],
  },
  {
    area: "Base",
    feature: "simulated power loss: torn sectors, lost names, failed syncs",
    state: "works",
    proofs: [
      { test: "after a power loss what was synced is there, the rest is torn at sectors" },
      { test: "after a failed sync the bytes are lost although a later sync succeeds, until they are written again" },
    ],
  },
  {
    area: "Base",
    feature: "a data directory is used by one process; the lock of a killed one is taken over",
    state: "works",
    note: "not seen: a process in another PID namespace, or on another machine that shares the directory",
    proofs: [{ test: "the lock of a living process is refused by name, and taken over once that process is killed" }],
  },

  // Proof against the world
  {
    area: "Compatibility",
    feature: "kcat, kafkajs, @platformatic/kafka and Java's tools, one broker and three",
    state: "works",
    proofs: [{ command: "npm run test:clients" }],
  },
  {
    area: "Compatibility",
    feature: "librdkafka's own test-suite",
    state: "partial",
    note: "see the scoreboard, conformance/librdkafka.md",
    proofs: [{ command: "npm run test:librdkafka" }],
  },
  {
    area: "Compatibility",
    feature: "nothing acknowledged is lost or doubled when the broker is killed under load",
    state: "works",
    proofs: [{ test: "finds nothing wrong with a log that keeps every promise" }, { command: "npm run test:crash" }],
  },
];
