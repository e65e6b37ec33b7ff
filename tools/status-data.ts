import { absent, area, type Feature, partial, works } from "./status-page.ts";

const later = "comes with a later issue";

/** What docs/status.md lists. A proof is a command, or a part of a test's name as it stands in the test file. */
export const features: readonly Feature[] = [
  ...area("Getting started", [
    works("`npm test` in a fresh clone with Node 20 and npm alone", [
      "npm test",
      "bootstrap: a checkout with nothing installed gets npm ci, once, with a line of progress",
    ]),
    works(
      "`npm start`: a broker with a demonstration on a million real flights; a second start finds them again; Ctrl-C ends it with status 0",
      ["npm start", "a flight read twice is counted once"],
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
  ...area("Broker: data path", [
    works("ApiVersions, Metadata, auto-creation, topic ids", [
      "every version of ApiVersions is answered with response header v0",
      "a topic is found by its id, and an unknown id is told apart from an unknown name",
      "auto-creation takes num.partitions, checks the name, and can be declined by client and broker",
    ]),
    works("Produce, Fetch, ListOffsets, OffsetForLeaderEpoch in every version that Kafka 4.4 serves", [
      "a batch is answered with its base offset in every version, by name and by id",
      "npm run test:clients",
    ]),
    works("every record of a batch is read before it is stored, as Apache Kafka reads it; large ones in pieces, off the loop", [
      "the largest time is set from the records, whatever the header says, so that a look-up by time finds them",
      "records that do not fit their header are INVALID_RECORD, plain and packed, and nothing is stored",
      "reading in pieces gives what reading at once gives, over any record bytes",
      "what unpacks to much is not read at once; zeros without end are refused with the first piece",
      "npm run test:batches",
    ]),
    works("zstd frames, gzip members and lz4 frames as the field writes them: several, to be skipped, of unknown size", [
      "is read at once, in pieces and as a whole:",
      "lz4: consumers read what no Java client can, brokers do not",
    ]),
    works("idempotent producers, sequences kept over restarts", [
      "a repeated batch of an idempotent producer is answered with its old offset, a gap is refused, and both survive a restart",
    ]),
    works("odd and old requests answered as Apache Kafka answers them: every field, side by side", [
      "every integer field of every served request is answered at its extremes, and none closes the connection or fails",
      "an answer's text that nobody gives is null; everything else has the default of Java's class",
      "npm run test:answers",
    ]),
    works("DescribeProducers; features and UpdateFeatures at the levels that are served", [
      "DescribeProducers tells what each partition remembers of its producers, once each, also after a restart",
      "UpdateFeatures refuses a level that a feature cannot have with a text that says why",
      "transaction.version goes down only if that is meant, all changes of a request or none, and stays over a restart",
    ]),
    works("fetch sessions, bounded in number and bytes; a Fetch costs what has moved, not what the session knows", [
      "a session of 10,000 partitions with one active looks at that one alone",
      "a full cache refuses a newcomer until the session that was used longest ago has been idle for two minutes",
      "sessions are bounded in bytes: who does not fit gets none, who outgrows the bound loses its own, all is given back",
    ]),
    works("waiting Fetches hold nothing, miss nothing, and end with their connection", [
      "records that come while a Fetch reads from disk are answered at once, not at its deadline",
      "a Fetch ends with its connection, at any time, and nothing of it stays",
      "a stopping broker answers who waits, and lets nobody wait any more",
      "a large Fetch is read piece by piece, and no further once its connection is gone",
    ]),
    partial(
      "one budget for what is held for clients, shared by a moving threshold; limits on frames, elements and connections",
      [
        "what may wait behind a request has a bound, beyond which the client is not read",
        "while there is no memory for a frame its client is not read, and a client that stalls with half a frame loses its memory to it",
        "who holds more than its share is served on when its answers have been taken, and what it sends meanwhile waits",
        "when far more is held than there is memory, small batches are served and large ones come as soon as there is room",
        "a request has as many elements as its handler says, and one more closes the connection",
        "connections beyond max.connections are refused, and room is made when one leaves",
      ],
      "three hundred clients that never read their answers took 364 to 388 MiB of resident memory in five runs, by a script that is not among the tests yet",
    ),
    partial(
      "connections share the loop: no burst or large request keeps others waiting for more than 50 ms",
      [
        "a burst of small requests is served in slices, and the loop gets its turn in between",
        "forty busy clients keep one with a request now and then waiting for one turn only",
        "answers of many clients that are ready at the same time are written in several turns of the loop",
        "a crowd of newcomers with long requests keeps one with a small request now and then waiting for one turn only",
        "answers are made in the turns of their connection, a slice at a time, and not for one that has gone",
        "connections that come at once are taken in in several turns of the loop",
        "who comes next is found without a look at everybody",
        "npm run test:stalls",
      ],
      "3,000 connections that come and go at once cost up to 58 ms, and 8,000 members of one group that all send in one moment 102 ms: so many sockets ready in one poll cannot be bounded from JavaScript; where the file system itself stalls (a busy disk), creating and deleting a thousand topics has shown waits of 80 to 440 ms",
    ),
    works("virtual brokers (`--brokers N`): listeners, leaders, NOT_LEADER answers", [
      "another virtual broker answers NOT_LEADER_OR_FOLLOWER and from v10 names the leader and where it is",
    ]),
    works("clean stop: who waits is answered, connections close", ["stopping answers who waits and closes every connection"]),
    works(
      "the transaction coordinator on __transaction_state in Kafka's record layout: classic protocol and KIP-890, fencing, timeouts, epochs used up, ids that expire",
      [
        "Transactions of KIP-890: each raises the epoch, and its answer says who the producer is next.",
        "Between the decision and its last marker nothing can begin.",
        "What was decided is carried out by the next coordinator, what was not goes on.",
        "a transaction goes from InitProducerId to its end at every version",
        "each id is coordinated by the broker that leads its partition, and by the next one when the leader moves",
      ],
    ),
    works(
      "transactional batches: the coordinator is asked before the first one in a partition, and what comes late opens nothing (KIP-890)",
      [
        "the coordinator is asked once for all partitions of a request, and for none that is in the transaction already",
        "a batch whose transaction ends while the coordinator is asked opens no new one",
        "a wait for the coordinator ends with the connection, and nothing is stored",
        "of version 2 is above the transaction's epoch, so that a late one ends nothing",
      ],
    ),
    works("read_committed: Fetch, ListOffsets, OffsetFetch with require_stable", [
      "bytes come up to the last stable offset, with the transactions that were aborted among them",
      "the end of a transaction wakes who waits for what it wrote long before, if that is enough",
      "a marker counts once it is on the disk, where records count then",
      "npm run test:history",
    ]),
    works("TxnOffsetCommit in every version: offsets that are pending until their marker, also over a restart", [
      "offsets of a transaction are pending until its marker, in every version, and over a restart",
      "what was committed later counts, whichever transaction ends first",
      "retention leaves what a transaction is about to move, and its group",
    ]),
    works("ListTransactions, DescribeTransactions, WriteTxnMarkers: the tools for hanging transactions", [
      "ListTransactions filters by state, producer, duration and a pattern of the whole id",
      "WriteTxnMarkers ends transactions by hand, and names partitions that are not there",
    ]),
  ]),
  ...area("Broker: groups", [
    works("classic groups: join, sync, heartbeat, leave, static members, cooperative rebalances", [
      "two, three, then one member: every partition always has exactly one owner and no record is lost",
      "static members are described by their instance ids, and leave only when their session ends",
      "whatever clients, time and the disk do, a group stays one, answers in time, and comes to rest",
    ]),
    works("groups and offsets in a real `__consumer_offsets` topic, kept over restarts; expiry", [
      "a stable group and its members are there after a restart",
      "offsets expire by when their group became empty, or by their commit where no membership keeps them",
    ]),
    works("one coordinator runtime under internal topics: a second kind of coordinator runs on it in its tests", [
      "a change that could not be applied whole has its partition loaded again from the log, which is right",
      "what was written is there again after a restart, by the way it came",
    ]),
    works(
      "groups of the consumer protocol (KIP-848): epochs, revocation before assignment, static members, topics that change, patterns of RE2",
      [
        "a member commits at its epoch, or at an older one what it has had since then",
        "patterns that would cost too much are refused, in RE2's syntax as any other fault",
        "with the consumer protocol: two, then one member; every partition always has one owner and no record is lost",
        "npm run test:clients",
      ],
    ),
    works("server-side assignors `uniform` and `range` equal to Java's; large targets worked out in slices beside the requests", [
      "assignors give what Apache Kafka 4.4's give",
      "npm run test:assignors",
      "a large target is worked out beside the requests, and told by a later heartbeat",
      "a target of which only a part was written before the broker died does no harm",
    ]),
    works("groups change between the classic and the consumer protocol while they have members, both ways; up to a thousand members", [
      "members of a classic group that becomes a consumer group keep what they have",
      "a classic group that cannot become a consumer group stays what it is: GROUP_ID_NOT_FOUND",
    ]),
    absent("share and streams groups", later),
  ]),
  ...area("Broker: admin", [
    works("topics and partitions: create, delete, describe, extend, reassign, elect", [
      "each topic of a CreateTopics request succeeds or fails alone, with Kafka's code",
      "a reassignment moves partitions at once, and an election brings leadership home",
      "every version of every admin API answers an empty request",
    ]),
    works(
      "every topic, broker and group config of Kafka 4.4.0, with source, synonyms and dynamic change",
      [
        "topic settings are those of Apache Kafka 4.4.0",
        "each setting may be changed at run time where Kafka allows it",
        "a key says that it has no effect exactly when no code reads it",
      ],
      "a key without effect here says so in its documentation",
    ),
    works("metadata changes one at a time, seen once they are on the disk; after a failed sync none is taken until the next start", [
      "after a failed sync no change is accepted until the next start, though the disk works again",
      "what the journal does not take changes nothing, and is taken once there is space",
      "where a half-written record cannot be cut off either, the journal has failed",
    ]),
    works("one rule for topics on every path: names, collisions, limits; internal topics in one table, not written by clients", [
      "names, collisions and limits are judged alike whether a topic is ordered or comes by itself",
      "a client that writes to __consumer_offsets is refused on every acks",
    ]),
    works("metadata kept in a journal over restarts, crashes and full disks", [
      "a disk that refuses the change leaves everything as it was, and later changes work",
      "a journal cut after a clean stop keeps the broker from starting, until it is restored or the mark removed",
      "npm run test:crash",
    ]),
    absent("TLS, SASL, ACLs, quotas, delegation tokens", later),
  ]),
  ...area("Numbers to watch", [
    works(
      "`--metrics-port`: Kafka's metrics under the names of Strimzi's and Confluent's rules, lag as kafka_exporter names it, the process as Node's dashboards do",
      [
        "what was written, read, refused and committed shows under Strimzi's and Confluent's names",
        "every name that Strimzi's and Confluent's broker dashboards read is there, but for those named with a reason",
      ],
      "no metrics of log flushes and of the cleaner yet",
    ),
    works("latency per API as quantiles and as a histogram; the loop's delay", [
      "a quantile is the smallest duration that so many did not exceed, at most an eighth too high",
      "before the broker is there it is healthy and not ready; then both, and its metrics are served",
    ]),
    works("`/health` and `/ready`, there before the broker is", [
      "what is broken for good shows in /health and /ready, what is still done in /ready alone",
      "a broker whose metadata failed is not healthy, and says why",
    ]),
    works("a scrape of a hundred thousand samples keeps nobody waiting", ["many samples come in pieces, and others have a turn between"]),
  ]),
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
    works("one caller's trouble is its own: lines per topic, bounds on what waits, checks of every argument", [
      "a send to a topic that does not exist keeps no other topic's waiting",
      "fails alone, with the name of its field",
      "of an admin names what is wrong, before anybody is asked",
      "that do not exist are refused with the near name",
    ]),
    works("a signal ends every call and the client at once", [
      "ends every call at once although the broker",
      "of the client ends all calls and leaves no timer and no connection although the broker",
    ]),
    works("delivered is not consumed: commits and close cover what the application is done with, and nothing more", [
      "never cover the record in hand, however long it takes",
      "leaves no lag behind a loop over records, nor behind its commit",
      "npm run test:kafka",
    ]),
    works("consumer: fetch sessions, read committed, truncation, racks", [
      "sessions: the first request names every partition, the next ones only what moved (KIP-227)",
      "client.md defect 1: two aborted ranges of one producer and an abort whose marker comes later; C and E are shown",
      "npm run test:kafka",
    ]),
    works("consumer groups: classic protocol, four assignors equal to Java's", [
      "gives every member what Java gives it",
      "cooperative-sticky balances as well as Java and moves no more",
      "npm run test:kafka",
    ]),
    works("admin: topics, configs, groups, offsets, records, cluster", ["npm run test:kafka"]),
    absent("transactions, TLS, SASL, KIP-848", "comes with a later issue; such settings are refused, never ignored"),
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
    works("a guide whose code is run", ["the guide's program and its tests run as they stand there"]),
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
    absent("`acls`, `users`, `quotas`, `tokens`; the expert's commands; `up`", later),
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
  ...area("Proof against the world", [
    works("kcat, kafkajs, @platformatic/kafka and Java's clients and tools, one broker and three", ["npm run test:clients"]),
    works("our client and command line do against Apache Kafka what they do against ours", ["npm run test:kafka"]),
    partial(
      "librdkafka's own test-suite",
      ["npm run test:librdkafka"],
      "all that applies passes; what waits for transactions, security, compaction or share groups stands with its reason in conformance/librdkafka.md",
    ),
    works(
      "nothing acknowledged is lost or doubled when the broker is killed under load",
      ["npm run test:crash", "an acknowledged record that is gone is a lost write", "a kill takes nothing that was acknowledged"],
      "behind a net that breaks, with `--failovers` over three virtual brokers, with `--target kafka` against Apache Kafka, where the checker finds nothing either; 25 cycles in CI, more with `-- --cycles N`",
    ),
    works(
      "the whole broker in a seeded simulation of disk, clock and network: what its clients saw contradicts no promise",
      [
        "npm run test:history",
        "a simulated day follows from its seed alone, event by event",
        "days on which everything goes wrong break no promise of the broker",
        "a power loss may take an end of the log",
      ],
      "topics that are compacted, grown, deleted and made again; producers of every kind, transactions of both protocols, members of both group protocols, readers; kills and power losses between and within writes, failed syncs, full disks, cut and slow connections, clock jumps, brokers down, leaders moved; a day is told again from its seed. Known and left out: without flush.messages=1 a power loss right after a topic was deleted and made again may bring the old records back; after a failed sync that only the page cache hides, a later power loss may leave a hole",
    ),
    works("speed side by side with Apache Kafka", ["npm run bench -- broker"], "docs/benchmarks.md has the figures, missed goals included"),
  ]),
];
