import { brokerFeatures } from "./status-data-broker.ts";
import { consoleFeatures } from "./status-data-console.ts";
import { connectDataFeatures } from "./status-data-connect-data.ts";
import { connectMariadbFeatures } from "./status-data-connect-mariadb.ts";
import { connectMessagingFeatures } from "./status-data-connect-messaging.ts";
import { connectPostgresFeatures } from "./status-data-connect-postgres.ts";
import { connectSinkFeatures } from "./status-data-connect-sinks.ts";
import { expertFeatures } from "./status-data-expert.ts";
import { expertSnippets } from "./status-data-expert-snippets.ts";
import { expertTasks } from "./status-data-expert-tasks.ts";
import { proofs } from "./status-data-proofs.ts";
import { connectWorkerFeatures } from "./status-data-connect-worker.ts";
import { registryFeatures } from "./status-data-registry.ts";
import { schemaToolFeatures } from "./status-data-schemas.ts";
import { serdesFeatures } from "./status-data-serdes.ts";
import { streamsFeatures } from "./status-data-streams.ts";
import { absent, area, type Feature, partial, works } from "./status-page.ts";

/** What docs/status.md lists. A proof is a command, or a part of a test's name as it stands in the test file. */
export const features: readonly Feature[] = [
  ...area("Getting started", [
    works("`npm test` in a fresh clone with Node 20 and npm alone", [
      "npm test",
      "bootstrap: a checkout with nothing installed gets npm ci, once, with a line of progress",
    ]),
    works(
      "quick tests of each part, and those of parts together, in about two minutes each on two cores (118 to 124 s, and 82), what is too long for that in a suite of its own; each file judged whatever the others do",
      ["npm test", "npm run test:together", "npm run test:long", "every file is run and judged, whatever those before it did"],
    ),
    works(
      "`npm start`: a broker with a demonstration on a million real flights; a second start finds them again; Ctrl-C ends it with status 0",
      ["npm start", "flights are produced as Avro and folded, consume shows them, and a second start finds them"],
    ),
    works(
      "the packed `ottla` package works outside the checkout",
      ["npm run test:package"],
      "`--demo` needs the npm package of the flights beside it, and says so",
    ),
    works("a broker inside a test process, in memory, without a handle left open", [
      "the broker of the example starts, and stops with its block",
    ]),
  ]),
  ...area("Protocol", [
    works("codecs of all 70 client-facing APIs, every version, requests and responses", [
      "every message survives writing and reading in every version, unknown tagged fields included",
    ]),
    works("bytes equal to those of Java's serializers, for a good share of the messages", [
      "are read and written alike:",
      "lose ignorable fields and are refused for others, as by Apache Kafka:",
    ]),
    works("damaged, cut and hostile bytes end in one error, without loops or large allocations", [
      "damaged bytes raise nothing but MalformedBytesError, in every message and version",
      "64 KiB of one byte is refused or read, never more than its length allows",
      "is refused without being unpacked",
    ]),
    works("record batches v2: built, walked, checked, patched in place", [
      "a batch that Java wrote is read as it was meant:",
      "our bytes are Java's:",
      "a flipped bit anywhere behind the leader epoch is found",
    ]),
    works("gzip, snappy (streams and raw), lz4, zstd; without native code too", [
      "records of any shape survive building and reading, in every codec",
      "native and scripted blocks understand each other",
      "raw snappy is read as well as streams",
    ]),
    works("error table and API versions equal to Apache Kafka's", [
      "agree on every error's code and on what a client does about it",
      "agree on every API's versions",
    ]),
    absent("message formats v0 and v1 (before Kafka 0.11)", "refused, as by Apache Kafka 4"),
  ]),
  ...area("Log", [
    works("segments, offset and time indexes in Kafka's format, read by Kafka's own dump tool", [
      "npm run test:dump-log",
      "has Kafka's files and text formats",
    ]),
    works("reads and appends equal to a plain list of batches, through restarts, power losses and full disks", [
      "a log does what a list of batches does, through restarts and faults",
    ]),
    works("recovery after a kill or a power loss, at every byte of the last two batches", [
      "is cut at the last whole batch, wherever the last two batches are torn",
      "has everything that was appended, and checks only segments from the recovery point on",
    ]),
    works("missing or bad index and snapshot files change nothing that is seen", ["files that are ${how} change nothing that is seen"]),
    works("damage below the tail is an error, never a silent loss", [
      "below the recovery point is an error when it is read, never a silent loss",
      "what recovery cuts off a log is not back behind the records that came later, when the power goes",
      "has no hole when the sync failed in a stop",
      "gives the records of a deleted topic to no other of its name, whatever the power takes",
    ]),
    works("rolling by size, time, jitter and index; cost flat as segments grow", [
      "roll when the next batch would not fit",
      "keep the cost of an append and the open files flat as their number grows",
    ]),
    works("retention by time and size, DeleteRecords", [
      "by size keeps at least so many bytes, in whole segments",
      "moves the log start into a segment, removes whole segments before it, and survives restarts",
    ]),
    works("exact look-up of timestamps", ["finds the exact first record at or after it, inside its batch"]),
    works("group commit: `flush.messages`, `flush.ms`", [
      "shares one sync between all appends of a moment, and the next one between all that came meanwhile",
      "loses nothing that was acknowledged when the power fails",
    ]),
    works("a full disk refuses writes and goes on reading; a failed sync takes the log out of service", [
      "while a real capacity is used up: whole batches only, until segments are freed",
      "acknowledges nothing after a failed sync, and takes no more until it is opened again",
    ]),
    works("producer state with snapshots, leader-epoch history", [
      "are known after a clean stop and after a kill, over several segments",
      "tells where each epoch ended, for unknown ones the next known (KIP-101, KIP-279)",
    ]),
    works("a data directory of another program, cluster or version, or in use, is refused in one sentence", [
      "of a newer Ottla, of Apache Kafka or of another program is refused and left as it is",
      "the lock of a living process is refused by name, and free once that process is killed",
    ]),
    works(
      "compaction as Apache Kafka does it, on a thread of its own; compact,delete; all log.cleaner.* keys and the topics' own (`npm run test:compaction` compares with Kafka's cleaner)",
      [
        "shows the last record of each key, at its offset, whatever was written",
        "keeps a tombstone for delete.retention.ms from its first cleaning, then drops it",
        "keeps an empty batch so that a producer's last sequence stays known, through a restart, until the producer is forgotten",
        "drops the records of aborted transactions, and markers once nothing of their transactions is left",
        "costs its own log only",
        "stays readable when its policy no longer says so, through a restart of any kind; behind it a gap is damage still",
      ],
    ),
    works(
      "transactions in the log: verification, markers of both versions, last stable offset, aborted transactions with Kafka's .txnindex, through restarts and power losses",
      [
        "hold the last stable offset at the oldest open one until its marker is there",
        "are what a plain list of all batches says, whatever happens to the process and the disk",
        "have their index made again from the log when it is damaged",
        "npm run test:dump-log",
      ],
      "the entries of all `.txnindex` files of a log are kept in memory",
    ),
    works("closed segments are replaced under readers, as compaction needs it", [
      "never make a reader miss a record or hear that its offset is out of range, whatever the order of events",
      "are the old ones or the new one, never both or neither, whatever fails on the disk and whenever the process is killed",
    ]),
    works("records that were on the disk and are gone are missed: named, and their offsets never used again", [
      "goes on behind them with nothing left: all files, or the whole directory, removed",
      "with flush.messages=1, from the first record after the first start on",
    ]),
    works("without room for its partitions a topic is not created: all of a change or nothing, on every path that creates", [
      "a disk on which only what is kept for metadata is left takes no topics, and lets them go",
    ]),
    works("a disk that others fill to the last byte still lets topics be deleted", [
      "by somebody else, to the last byte, leaves a start its reserve; the reserve is made again later",
    ]),
    works("local and remote segments: the seam of tiered storage in the log (KIP-405)", [
      "are read and found as local ones are, from any offset, in pieces of any size",
      "are an error that clients try again while the store fails or hangs, and are read once it works",
      "lets go locally only what the store is known to have without a hole",
    ]),
    absent("tiered storage", "the log has the seam; a remote store, and what copies segments to it, come with a later issue"),
  ]),
  ...brokerFeatures,
  ...area("Client", [
    works("connections, version negotiation, timeouts, throttling", [
      "reads answers that come one byte at a time",
      "error 35 in version 0 is followed by one more question, in a version the broker named",
      "a throttled client holds its requests back for as long as it was told (KIP-219)",
    ]),
    works("metadata, leader changes, retries", [
      "an answer that lags behind does not bring an old leader back (KIP-320)",
      "a cluster that hangs up is asked with growing pauses, not in a loop",
    ]),
    works("producer: batching, every codec, acks, idempotence, Java's partitioning", [
      "a lost connection is followed by the same bytes: same producer id, same sequence, nothing twice",
      "murmur2 and the partition of a key are Java's, negative hashes included",
      "npm run test:kafka",
    ]),
    works(
      "transactions: both protocols (KIP-890), offsets of groups (KIP-447), abortable and fatal told apart, a commit of unknown outcome asked again",
      [
        "peers' defects, partitions outside their transaction: begins as nobody, and tells every partition before its first batch",
        "peers' defect, offsets forgotten: offsets of three partitions sent at once are all committed, in the name of the member (KIP-447)",
        "peers' defect, numbers go on after a failure: after a failed batch the abort is followed by another epoch, and numbers begin at 0",
        "may have been carried out, goes on, and its outcome is asked for by commit() before anything else",
        "a node that is lost, with the coordinators and leaders on it",
        "npm run test:kafka",
      ],
    ),
    works("producer: partitions of records without a key by load (KIP-794), interceptors, large batches packed in other threads", [
      "less the more batches wait, as Java weighs them: 1 of 11 beside two that are idle",
      "that throw are logged, and harm neither the record nor each other",
      "packed in other threads or here, they come whole, once and in order",
    ]),
    works("an outbox: rows of a database become records, each once and in order, whatever dies in between; PostgreSQL and SQLite", [
      "the store of the guide to outboxes and its tests run as they stand there",
      "after a commit whose outcome is not known the cluster is asked before anything else is published",
      "publishers that die at any step publish each row once and in order",
      "with PostgreSQL, which is killed and started again meanwhile",
      "npm run test:kafka",
    ]),
    works("one caller's trouble is its own: lines per topic, bounds on what waits, checks of every argument", [
      "a send to a topic that does not exist keeps no other topic's waiting",
      "fails alone, with the name of its field",
      "of an admin names what is wrong, before anybody is asked",
      "that do not exist are refused with the near name",
    ]),
    works("a package that installs alone, without a compiler, and runs on Node 22, 24, 26, Bun and Deno", ["npm run test:client-package"]),
    works("admin: what Java's Admin does", [
      "the table of Java's admin has every method of it and names only calls of ours that are there",
      "npm run test:kafka",
    ]),
    works("NestJS's microservices over the client, in place of its kafkajs transport", ["npm run test:nestjs"]),
    works("kafkajs's API over the client: producer, transactions, consumer, admin, events, errors", [
      "the guide's code runs as it stands there",
      "a member of kafkajs and one of ours share a group's partitions",
      "keys go where kafkajs puts them, by its partitioner of today and by the one of yesterday",
      "npm run test:kafkajs-suite",
      "npm run test:kafkajs-docs",
    ]),
    works(
      "a guide for each task: producing, consuming, transactions, retries and dead letters, outbox, queues, tuning, coming from kafkajs",
      [
        "the programs of the guide to ${guide} and their tests run as they stand there",
        "the programs of the guide to transactions and their tests run as they stand there",
        "the guide to retries and dead letters does what it says",
        "the guide's code runs as it stands there",
      ],
    ),
    works("what is fetched ahead has one bound, answers on the way included; while there is much, two answers are on the way at a time", [
      "stays within prefetchBytesMax, what the answers on the way may bring included",
      "comes in two halves at a time while there is much of it; then one poll for all takes over again",
    ]),
    works("options by Kafka's names or by ours, with did-you-mean", [
      "that are misspelt, at the wrong call, given twice or of an impossible type are refused",
    ]),
    works("OpenTelemetry: spans with the context in headers, metrics by the conventions and by Java's names", [
      "is a child of its send, by the record's headers; its own headers stay",
      "metrics go by the conventions and by Java's names",
      "a share consumer's records have spans of the work on them, and its acknowledgements are counted",
    ]),
    works("typed topics: serdes given once, any Standard Schema validator, a strategy for records that cannot be decoded", [
      "keeps the order of the calls when a serde takes its time, and one failure is one caller's",
      "takes zod, valibot and arktype, and names the place that is wrong",
      "gives decoded records that are acknowledged by their own words or the consumer's",
      "what comes then never slips into the next transaction",
      "npm run test:kafka",
    ]),
    works("a signal ends every call and the client at once", [
      "ends every call at once although the broker",
      "of the client ends all calls and leaves no timer and no connection although the broker",
      "at each request that is not answered, and the next call works",
      "a signal ends a transaction whose function takes no notice of it: what that sends later is refused, and the next one begins anew",
    ]),
    works(
      "topics that may not be described, are not there or cannot be: whoever reads them is told, in whatever way they came to be read",
      [
        "a topic that may not be described is an error of poll with every answer that says so, none once it may",
        "a topic that is not there is told of once, and again when it went away after it came",
        "position and questions for offsets say why, and do not wait for the time to be up",
      ],
    ),
    works("delivered is not consumed: commits and close cover what the application is done with, and nothing more", [
      "never cover the record in hand, however long it takes",
      "leaves no lag behind a loop over records, nor behind its commit",
      "npm run test:kafka",
    ]),
    works("consumer: fetch sessions, read committed, truncation, racks", [
      "sessions: the first request names every partition, the next ones only what moved (KIP-227)",
      "peers' defect, aborted records are read: two aborted ranges of one producer and an abort whose marker comes later; C and E are shown",
      "npm run test:kafka",
    ]),
    works("consumer groups: classic protocol, four assignors equal to Java's", [
      "gives every member what Java gives it",
      "cooperative-sticky balances as well as Java and moves no more",
      "npm run test:kafka",
    ]),
    works("admin: topics, configs, groups, offsets, records, cluster", ["npm run test:kafka"]),
    works(
      "groups of the consumer protocol (KIP-848): both assignors, static members, patterns matched by the coordinator, commits under a moving epoch",
      [
        "a member says all once, then only what is new, and confirms what it was given at once",
        "a fenced or forgotten member loses what it owned, and joins again only when that is given up",
        "commits under the new epoch what was refused under a stale one",
        "is left to the client where RE2 cannot say the same",
        "npm run test:kafka",
      ],
    ),
    works(
      "share groups (KIP-932) on Apache Kafka: poll, loops and run with concurrency, both modes of acknowledgement, locks renewed (KIP-1222), no more acquired than can be begun (KIP-1206)",
      [
        "explicit mode: only what was said is; a word is said once, and nothing is said of what is not this consumer's",
        "where one lock was lost, what belongs to others is said again by itself",
        "acquires no more than handlers can begin, and renews what they hold",
        "close waits for handlers, gives up what takes longer, and gives back what waits for another try",
        "property: a broker reads what was said of each offset, in no more bytes than one batch for each would take",
        "npm run test:kafka",
      ],
    ),
    works("`ottla dlq list`, `show`, `replay`: dead letters with their stories, sent back once each", [
      "are listed by origin and error, found without being named, and shown with their stories",
      "are sent back once each: in parts, again, with two at a time, as they were and where they were",
    ]),
    works("racks: reading from a follower in the own rack with expiry and fallback, a range assignor that looks at racks as Java's does", [
      "a follower that goes away, or whose time is over, is left for the leader (KIP-392)",
      "gives every member what Java gives it, in Java's order",
      "npm run test:assignors",
    ]),
    works(
      "run: handlers by partition or key, retries, retry topics with delays, dead letters, deduplication, circuit breaker, drain, health",
      [
        "never passes a record that has not ended, whatever the order of ends",
        "by key: equal keys in order, others beside each other, and the commit never passes an unfinished record",
        "is tried in place, then goes from retry topic to retry topic, then to the dead letters",
        "close wins within its deadline while the cluster is away and a handler hangs",
        "a record that cannot be handled ends the run, which closes the consumer; nothing behind it is committed and it looks dead",
        "npm run test:kafka",
      ],
    ),
    works("TLS and mutual TLS with PEM and PKCS#12 files that are read for each new connection, and one sentence per fault", [
      "comes from PKCS#12 stores, each with its password",
      "is read again for each connection; what cannot be used leaves the former, and is said once",
      "refuses certificates of other hosts, of strangers, and old ones, each in one sentence",
      "shows its own certificate; one that is missing or a stranger's is told as such, also when that comes late",
      "stores, keys, versions and the host's name become TLS options",
    ]),
    works(
      "SASL: PLAIN, SCRAM-SHA-256 and -512, delegation tokens, OAUTHBEARER with token providers and client credentials, renewed logins (KIP-368)",
      [
        "says what RFC 7677 says in its example, and takes the server's proof",
        "sessions that end are renewed under load: records, groups and transactions go on, nothing is lost or comes twice",
        "npm run test:kafka",
        "a token that lives 10 s serves for 10 minutes",
        "JAAS texts become logins",
      ],
    ),
    absent("GSSAPI (Kerberos); stores in JKS", "refused with the remedy; no kept library does Kerberos without a native build"),
  ]),
  ...area("Testing kit", [
    works("`startKafka()`: a Kafka in the test process, on free ports, in memory, with virtual brokers; `await using` or `stop()`", [
      "one line gives a Kafka on a free port that any client may use, and the end of the block stops it",
      "two run side by side, and know nothing of each other",
    ]),
    works(
      "faults by API, node, client, topic, partition, group, `when`: errors, delays, holds, lost requests and answers, half-closed and silent connections",
      [
        "stands at the topic that was named, by name or by id, and the others of the request are handled",
        "reaches the client in every version of ${api.name}",
        "keeps its place on its connection, its bytes whole, and is handled when it is released",
        "of the answer leaves the request handled, of the request leaves it undone",
      ],
    ),
    works("leaders and coordinators moved, virtual brokers taken down and back", [
      "of the leader: a producer goes on at another broker, and the broker that comes back has all",
      "of the coordinator: a group keeps its members and offsets",
    ]),
    works("the broker's clock frozen and moved, its disk full, fetch sessions expired", [
      "frozen keeps a silent member, moved ends its session",
      "a full disk refuses producers until there is space",
      "a consumer opens another fetch session when its own has expired",
    ]),
    works("waiting for groups, lag, records and any condition, with what was seen last", [
      "is waited for until it is stable, and a wait that is too long says what was seen",
      "expectations compare what is given, and a failure shows both sides",
    ]),
    works("snapshots, and a reset to them between tests", [
      "goes back to the start, to a default or to a named snapshot, under clients that live on",
      "tells no leader epoch and hands out no producer id that a client has seen before it",
    ]),
    works("a guide whose code is run", ["the guide's program and tests and the README's example run as they stand there"]),
    works("in node:test, Vitest and Jest, on Node 22, 24 and 26, from the packed packages", [
      "npm run test:runners",
      "npm run test:package",
    ]),
    works("`ottla dev --faults`: the same faults over HTTP on the loopback and from a YAML file, off by default", [
      "arms, lists with counts, waits for hits, releases and removes",
      "is closed to pages, to other names that point here, and to what is no JSON or too long",
      "dev --faults opens a door beside the broker, with the faults of a file behind it",
    ]),
    works("a producer fenced, its open transaction aborted", [
      "a transactional id is fenced, with its open transaction aborted, and its coordinator is moved",
    ]),
  ]),
  ...area("Command line", [
    works("`dev`, `broker`: Kafka's property names, `--set`, `--memory`, `--brokers`, `--port 0`, `--json`", [
      "broker properties: --set goes before the file, and what is no setting or no file is refused by its option",
    ]),
    works("parts of `dev` on the main or a worker thread, taken ports, crashes, deadlines", [
      "a default port that is taken is replaced by a free one, and said; one that was asked for is an error",
      "its crash ends nothing else, and the log says so",
      "parts stop in reverse order, each once, and a stuck one is left behind after its time",
    ]),
    works("signals and standard streams: the first signal ends any command, no reader ends or holds a server", [
      "the first Ctrl-C ends a command whose broker is silent: 130, or 0 for what runs until it is stopped",
      "a broker whose standard error nobody reads any more serves on, and SIGHUP stops it cleanly",
      "control and direction characters of a client's names reach no output raw, in tables, sentences and JSON",
    ]),
    works("the address that clients are told, behind a listener on every interface", [
      "behind a listener on every interface each client is told the address it came to, by every call that names one",
      "a listener on every interface needs advertised.listeners, as in Kafka, unless the start says that each client is told what it came to",
    ]),
    works("`transactions list, describe, find-hanging, abort`, as Kafka's own tool", [
      "transactional ids are listed and described, and one that is not there is named",
      "a hanging transaction is found and aborted, by its offset or its producer",
    ]),
    works("`topics`, `groups`, `offsets`, `configs`, `cluster`, `api-versions`", [
      "topics are created, listed, described, altered and deleted",
      "offsets are moved by place, number, time and shift, within what there is",
      "settings are set, shown with their source, and given back",
      "cluster describe and api-versions tell of the broker",
    ]),
    works("`produce`, `consume`: text, JSON, keys, headers, any bytes, groups", [
      "what consume --json prints, produce --input json reads",
      "bytes that are no text go through unchanged, and as base64 in JSON",
      "a group commits what was printed and no more",
    ]),
    works("`perf produce`, `consume`, `latency`", [
      "what perf produce wrote, perf consume finds",
      "percentiles are within 2 % of the exact ones, mean and maximum exact",
    ]),
    works("`log dump`: segments, indexes, snapshots, checkpoints", ["npx ottla log dump --help"]),
    works("help with examples, completion, exit status, one sentence per error", [
      "every example is a command line that parses",
      "status is 0 for help and version, 2 for wrong usage",
      "a cluster that does not answer is one sentence and status 1",
    ]),
    works("`ottla acls list|add|remove|explain`: why something is allowed or denied, by which ACL, or which would be needed", [
      "ACLs are added, listed, explained and removed",
    ]),
    works("`ottla tokens create|list|renew|expire`: delegation tokens, and the properties that log in with them", [
      "a token is made, listed without its secret, renewed and ended",
      "the properties that create prints log in with the token, which may ask for no other",
    ]),
    works("`ottla users`, `quotas`: SCRAM users with passwords that are never words of a command line, limits of clients", [
      "users are added, listed, given another password and removed; no password is shown",
      "quotas are set, listed and removed, of exactly whom is named",
    ]),
    works("`ottla tenants apply|list|remove`: users, ACLs and quotas by prefix, from one file, on Apache Kafka too", [
      "one file makes tenants, again changes nothing, and removes them",
      "what changed in the file changes on the cluster, and only what is the tenant's",
      "many tenants are asked for and made together, and nobody else's rights are touched",
      "where nobody answers, what may have been done is told with its password, and nothing follows",
      "a file that cannot be meant is refused whole, with the place",
    ]),
    partial(
      "`up --bootstrap-server`: services over an existing cluster",
      [
        "up serves a registry over a cluster; of several, each takes writes, also when the one that leads is killed; SIGTERM ends it with 0",
      ],
      "the registry, Connect and the console; other parts come with later issues",
    ),
  ]),
  ...area("Base", [
    works("real and simulated clock, disk and net keep the same promises", [
      "appended buffers are one stretch of bytes, readable at any position by both ways of reading",
      "a receiver that pauses stops the sender, which is told when it may go on",
    ]),
    works("simulated power loss: torn sectors, lost names, failed syncs", [
      "after a power loss what was synced is there, the rest is torn at sectors",
      "after a failed sync the bytes are lost although a later sync succeeds, until they are written again",
    ]),
    works(
      "a data directory's lock is the file system's own: one living process, in whatever container; a copy is not locked",
      [
        "a lock holds against another PID namespace, as of a second container on the same volume",
        "a copy of a locked directory is not locked",
      ],
      "on a network file system as far as that one gives locks",
    ),
  ]),
  ...streamsFeatures,
  ...connectPostgresFeatures,
  ...connectMariadbFeatures,
  ...connectWorkerFeatures,
  ...connectSinkFeatures,
  ...connectMessagingFeatures,
  ...registryFeatures,
  ...schemaToolFeatures,
  ...serdesFeatures,
  ...connectDataFeatures,
  ...consoleFeatures,
  ...expertFeatures,
  ...expertTasks,
  ...expertSnippets,
  ...proofs,
];
