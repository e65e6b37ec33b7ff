import type { Feature } from "./status-page.ts";

const later = "comes with a later issue";

/** What docs/status.md lists. */
export const features: readonly Feature[] = [
  {
    area: "Getting started",
    feature: "`npm test` in a fresh clone with Node 20 and npm alone",
    state: "works",
    proofs: [{ command: "npm test" }, { test: "bootstrap: a checkout with nothing installed gets npm ci, once, with a line of progress" }],
  },
  {
    area: "Getting started",
    feature:
      "`npm start`: a broker with a demonstration on a million real flights; a second start finds them again; Ctrl-C ends it with status 0",
    state: "works",
    proofs: [{ command: "npm start" }, { test: "a flight read twice is counted once" }],
  },
  {
    area: "Getting started",
    feature: "the packed `ottla` package works outside the checkout",
    state: "works",
    note: "`--demo` needs the npm package of the flights beside it, and says so",
    proofs: [{ command: "npm run test:package" }],
  },
  {
    area: "Getting started",
    feature: "a broker inside a test process, in memory, without a handle left open",
    state: "works",
    proofs: [{ test: "the broker of the example starts and stops, leaving no handle" }],
  },
  {
    area: "Protocol",
    feature: "codecs of all 69 client-facing APIs, every version, requests and responses",
    state: "works",
    proofs: [{ test: "every message survives writing and reading in every version, unknown tagged fields included" }],
  },
  {
    area: "Protocol",
    feature: "bytes equal to those of Java's serializers, for a good share of the messages",
    state: "works",
    proofs: [{ test: "are read and written alike:" }, { test: "lose ignorable fields and are refused for others, as by Apache Kafka:" }],
  },
  {
    area: "Protocol",
    feature: "damaged, cut and hostile bytes end in one error, without loops or large allocations",
    state: "works",
    proofs: [
      { test: "damaged bytes raise nothing but MalformedBytesError, in every message and version" },
      { test: "64 KiB of one byte is refused or read, never more than its length allows" },
      { test: "is refused without being unpacked" },
    ],
  },
  {
    area: "Protocol",
    feature: "record batches v2: built, walked, checked, patched in place",
    state: "works",
    proofs: [
      { test: "a batch that Java wrote is read as it was meant:" },
      { test: "our bytes are Java's:" },
      { test: "C3: a flipped bit anywhere behind the leader epoch is found" },
    ],
  },
  {
    area: "Protocol",
    feature: "gzip, snappy (streams and raw), lz4, zstd; without native code too",
    state: "works",
    proofs: [
      { test: "records of any shape survive building and reading, in every codec" },
      { test: "native and scripted blocks understand each other" },
      { test: "C7: raw snappy is read as well as streams" },
    ],
  },
  {
    area: "Protocol",
    feature: "error table and API versions equal to Apache Kafka's",
    state: "works",
    proofs: [{ test: "agree on every error's code and on what a client does about it" }, { test: "agree on every API's versions" }],
  },
  {
    area: "Protocol",
    feature: "message formats v0 and v1 (before Kafka 0.11)",
    state: "absent",
    note: "refused, as by Apache Kafka 4",
  },
  {
    area: "Log",
    feature: "segments, offset and time indexes in Kafka's format, read by Kafka's own dump tool",
    state: "works",
    proofs: [{ command: "npm run test:dump-log" }, { test: "has Kafka's files and text formats" }],
  },
  {
    area: "Log",
    feature: "reads and appends equal to a plain list of batches, through restarts, power losses and full disks",
    state: "works",
    proofs: [{ test: "a log does what a list of batches does, through restarts and faults" }],
  },
  {
    area: "Log",
    feature: "recovery after a kill or a power loss, at every byte of the last two batches",
    state: "works",
    proofs: [
      { test: "is cut at the last whole batch, wherever the last two batches are torn (fault 3)" },
      { test: "has everything that was appended, and checks only segments from the recovery point on" },
    ],
  },
  {
    area: "Log",
    feature: "missing or bad index and snapshot files change nothing that is seen",
    state: "works",
    proofs: [{ test: "files that are ${how} change nothing that is seen (fault 3)" }],
  },
  {
    area: "Log",
    feature: "damage below the tail is an error, never a silent loss",
    state: "works",
    proofs: [{ test: "below the recovery point is an error when it is read, never a silent loss (fault 3)" }],
  },
  {
    area: "Log",
    feature: "rolling by size, time, jitter and index; cost flat as segments grow",
    state: "works",
    proofs: [
      { test: "roll when the next batch would not fit" },
      { test: "keep the cost of an append and the open files flat as their number grows" },
    ],
  },
  {
    area: "Log",
    feature: "retention by time and size, DeleteRecords",
    state: "works",
    proofs: [
      { test: "by size keeps at least so many bytes, in whole segments (I3)" },
      { test: "moves the log start into a segment, removes whole segments before it, and survives restarts" },
    ],
  },
  {
    area: "Log",
    feature: "exact look-up of timestamps",
    state: "works",
    proofs: [{ test: "finds the exact first record at or after it, inside its batch" }],
  },
  {
    area: "Log",
    feature: "group commit: `flush.messages`, `flush.ms`",
    state: "works",
    proofs: [
      { test: "shares one sync between all appends of a moment, and the next one between all that came meanwhile" },
      { test: "loses nothing that was acknowledged when the power fails (fault 2)" },
    ],
  },
  {
    area: "Log",
    feature: "a full disk refuses writes and goes on reading; a failed sync takes the log out of service",
    state: "works",
    proofs: [
      { test: "while a real capacity is used up: whole batches only, until segments are freed" },
      { test: "acknowledges nothing after a failed sync, and takes no more until it is opened again (fault 4)" },
    ],
  },
  {
    area: "Log",
    feature: "producer state with snapshots, leader-epoch history",
    state: "works",
    proofs: [
      { test: "are known after a clean stop and after a kill, over several segments (F2)" },
      { test: "tells where each epoch ended, for unknown ones the next known (KIP-101, KIP-279)" },
    ],
  },
  {
    area: "Log",
    feature: "a data directory of another program, cluster or version, or in use, is refused in one sentence",
    state: "works",
    proofs: [
      { test: "of a newer Ottla, of Apache Kafka or of another program is refused and left as it is" },
      { test: "the lock of a living process is refused by name, and taken over once that process is killed" },
    ],
  },
  {
    area: "Log",
    feature: "compaction",
    state: "absent",
    note: "a topic with cleanup.policy=compact is taken and its keys are demanded, but old values stay; comes with a later issue",
  },
  {
    area: "Log",
    feature: "transaction index, tiered storage",
    state: "absent",
    note: later,
  },
  {
    area: "Broker: data path",
    feature: "ApiVersions, Metadata, auto-creation, topic ids",
    state: "works",
    proofs: [
      { test: "A1: every version of ApiVersions is answered with response header v0" },
      { test: "B1: a topic is found by its id, and an unknown id is told apart from an unknown name" },
      { test: "B2: auto-creation takes num.partitions, checks the name, and can be declined by client and broker" },
    ],
  },
  {
    area: "Broker: data path",
    feature: "Produce, Fetch, ListOffsets, OffsetForLeaderEpoch in every version that Kafka 4.3 serves",
    state: "works",
    proofs: [{ test: "a batch is answered with its base offset in every version, by name and by id" }, { command: "npm run test:clients" }],
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
    proofs: [
      { test: "D4: a session id is never 0 and never one in use" },
      { test: "a full cache refuses a newcomer until the oldest session has been idle long enough" },
    ],
  },
  {
    area: "Broker: data path",
    feature: "bounded memory per connection, limits on frames and connections",
    state: "works",
    proofs: [
      { test: "a client that does not take its answers is not read any further" },
      { test: "a frame of the largest size passes and one byte more does not" },
      { test: "connections beyond max.connections are refused, and room is made when one leaves" },
    ],
  },
  {
    area: "Broker: data path",
    feature: "virtual brokers (`--brokers N`): listeners, leaders, NOT_LEADER answers",
    state: "works",
    proofs: [{ test: "C8: another virtual broker answers NOT_LEADER_OR_FOLLOWER and from v10 names the leader and where it is" }],
  },
  {
    area: "Broker: data path",
    feature: "clean stop: who waits is answered, connections close",
    state: "works",
    proofs: [{ test: "stopping answers who waits and closes every connection" }],
  },
  {
    area: "Broker: data path",
    feature: "transactions",
    state: "absent",
    note: later,
  },
  {
    area: "Broker: groups",
    feature: "classic groups: join, sync, heartbeat, leave, static members, cooperative rebalances",
    state: "works",
    proofs: [
      { test: "two, three, then one member: every partition always has exactly one owner and no record is lost (G1, G3)" },
      { test: "static members are described by their instance ids, and leave only when their session ends (G2)" },
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
  {
    area: "Broker: groups",
    feature: "the consumer group protocol of KIP-848, share and streams groups",
    state: "absent",
    note: later,
  },
  {
    area: "Broker: admin",
    feature: "topics and partitions: create, delete, describe, extend, reassign, elect",
    state: "works",
    proofs: [
      { test: "each topic of a CreateTopics request succeeds or fails alone, with Kafka's code (B2, B7, B8)" },
      { test: "a reassignment moves partitions at once, and an election brings leadership home" },
      { test: "every version of every admin API answers an empty request" },
    ],
  },
  {
    area: "Broker: admin",
    feature: "every topic, broker and group config of Kafka 4.3.1, with source, synonyms and dynamic change",
    state: "works",
    note: "a key without effect here says so in its documentation",
    proofs: [
      { test: "topic settings are those of Apache Kafka 4.3.1 (B5)" },
      { test: "each setting may be changed at run time where Kafka allows it (B6)" },
      { test: "a key says that it has no effect exactly when no code reads it" },
    ],
  },
  {
    area: "Broker: admin",
    feature: "metadata kept in a journal over restarts, crashes and full disks",
    state: "works",
    proofs: [
      { test: "a disk that refuses the change leaves everything as it was, and later changes work" },
      { command: "npm run test:crash" },
    ],
  },
  {
    area: "Broker: admin",
    feature: "TLS, SASL, ACLs, quotas, delegation tokens",
    state: "absent",
    note: later,
  },
  {
    area: "Client",
    feature: "connections, version negotiation, timeouts, throttling",
    state: "works",
    proofs: [
      { test: "reads answers that come one byte at a time" },
      { test: "A1: error 35 in version 0 is followed by one more question, in a version the broker named" },
      { test: "a throttled client holds its requests back for as long as it was told (KIP-219)" },
    ],
  },
  {
    area: "Client",
    feature: "metadata, leader changes, retries",
    state: "works",
    proofs: [
      { test: "an answer that lags behind does not bring an old leader back (KIP-320)" },
      { test: "a cluster that hangs up is asked with growing pauses, not in a loop" },
    ],
  },
  {
    area: "Client",
    feature: "producer: batching, every codec, acks, idempotence, Java's partitioning",
    state: "works",
    proofs: [
      { test: "a lost connection is followed by the same bytes: same producer id, same sequence, nothing twice" },
      { test: "murmur2 and the partition of a key are Java's, negative hashes included" },
      { command: "npm run test:kafka" },
    ],
  },
  {
    area: "Client",
    feature: "consumer: fetch sessions, read committed, truncation, racks",
    state: "works",
    proofs: [
      { test: "sessions: the first request names every partition, the next ones only what moved (KIP-227)" },
      { test: "client.md defect 1: two aborted ranges of one producer and an abort whose marker comes later; C and E are shown" },
      { command: "npm run test:kafka" },
    ],
  },
  {
    area: "Client",
    feature: "consumer groups: classic protocol, four assignors equal to Java's",
    state: "works",
    proofs: [
      { test: "gives every member what Java gives it" },
      { test: "cooperative-sticky balances as well as Java and moves no more" },
      { command: "npm run test:kafka" },
    ],
  },
  {
    area: "Client",
    feature: "admin: topics, configs, groups, offsets, records, cluster",
    state: "works",
    proofs: [{ command: "npm run test:kafka" }],
  },
  {
    area: "Client",
    feature: "transactions, TLS, SASL, KIP-848",
    state: "absent",
    note: "comes with a later issue; such settings are refused, never ignored",
  },
  {
    area: "Command line",
    feature: "`dev`, `broker`: Kafka's property names, `--set`, `--memory`, `--brokers`, `--port 0`, `--json`",
    state: "works",
    proofs: [{ test: "start-up properties: --set goes before the file, unknown names are kept and named, faults stop the start" }],
  },
  {
    area: "Command line",
    feature: "`topics`, `groups`, `offsets`, `configs`, `cluster`, `api-versions`",
    state: "works",
    proofs: [
      { test: "topics are created, listed, described, altered and deleted" },
      { test: "offsets are moved by place, number, time and shift, within what there is" },
      { test: "settings are set, shown with their source, and given back" },
      { test: "cluster describe and api-versions tell of the broker" },
    ],
  },
  {
    area: "Command line",
    feature: "`produce`, `consume`: text, JSON, keys, headers, any bytes, groups",
    state: "works",
    proofs: [
      { test: "what consume --json prints, produce --input json reads" },
      { test: "bytes that are no text go through unchanged, and as base64 in JSON" },
      { test: "a group commits what was printed and no more" },
    ],
  },
  {
    area: "Command line",
    feature: "`perf produce`, `consume`, `latency`",
    state: "works",
    proofs: [
      { test: "what perf produce wrote, perf consume finds" },
      { test: "percentiles are within 2 % of the exact ones, mean and maximum exact" },
    ],
  },
  {
    area: "Command line",
    feature: "`log dump`: segments, indexes, snapshots, checkpoints",
    state: "works",
    proofs: [{ command: "npx ottla log dump --help" }],
  },
  {
    area: "Command line",
    feature: "help with examples, completion, exit status, one sentence per error",
    state: "works",
    proofs: [
      { test: "every example is a command line that parses" },
      { test: "status is 0 for help and version, 2 for wrong usage" },
      { test: "a cluster that does not answer is one sentence and status 1" },
    ],
  },
  {
    area: "Command line",
    feature: "`acls`, `users`, `quotas`, `tokens`, `transactions`; the expert's commands; `up`",
    state: "absent",
    note: later,
  },
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
    feature: "a data directory's lock: one living process, a dead one's is taken over",
    state: "works",
    note: "not seen: a process in another PID namespace, or on another machine that shares the directory",
    proofs: [{ test: "a lock whose process id now belongs to another process is taken over" }],
  },
  {
    area: "Proof against the world",
    feature: "kcat, kafkajs, @platformatic/kafka and Java's clients and tools, one broker and three",
    state: "works",
    proofs: [{ command: "npm run test:clients" }],
  },
  {
    area: "Proof against the world",
    feature: "our client and command line do against Apache Kafka what they do against ours",
    state: "works",
    proofs: [{ command: "npm run test:kafka" }],
  },
  {
    area: "Proof against the world",
    feature: "librdkafka's own test-suite",
    state: "partial",
    note: "the scoreboard is conformance/librdkafka.md",
    proofs: [{ command: "npm run test:librdkafka" }],
  },
  {
    area: "Proof against the world",
    feature: "nothing acknowledged is lost or doubled when the broker is killed under load",
    state: "works",
    note: "25 cycles in CI, more with `-- --cycles N`",
    proofs: [{ command: "npm run test:crash" }, { test: "sees an acknowledged record that is gone or elsewhere" }],
  },
  {
    area: "Proof against the world",
    feature: "speed side by side with Apache Kafka",
    state: "works",
    note: "docs/benchmarks.md has the figures, missed goals included",
    proofs: [{ command: "npm run bench -- broker" }],
  },
];
