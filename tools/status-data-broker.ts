import { absent, area, type Feature, partial, works } from "./status-page.ts";

const later = "comes with a later issue";

/** What docs/status.md lists of the broker; see status-data.ts. */
export const brokerFeatures: readonly Feature[] = [
  ...area("Broker: access", [
    works(
      "ACLs by Kafka's StandardAuthorizer: super users, deny first, literal, prefixed, `*`, hosts and ranges, implied operations; kept in the metadata journal",
      [
        "whatever ACLs came and went, the index decides as one that looks at each of them",
        "npm run test:authorizer",
        "a verdict names the ACL that decided, and a denying one goes before all that allow",
        "a host may be a range of addresses of either family",
        "ACLs are made once, told by filter, kept over a restart, and removed by filter",
      ],
      "about a microsecond a check with 10,000 ACLs",
    ),
    works("every API asks for what Apache Kafka asks for: [the table](authorization.md)", [
      "docs/authorization.md says what the handlers declare",
      "npm run test:authorization",
    ]),
    works(
      "quotas by user, client id, address and defaults: produced and fetched bytes, time on the loop, partitions made and deleted, new connections; KIP-219, KIP-599, KIP-612",
      [
        "over any longer time clients that share a limit use it up and no more, whenever they come",
        "what names a client more closely goes first, and a default is a limit for each",
        "npm run test:quotas",
        "topics that come into being when they are named are charged to who named them, and come later where nothing is left",
        "a producer beyond its limit hears for how long it must be quiet, and another user does not",
        "quotas are set, told by filter, kept over a restart, and removed",
        "what all windows but one allow may be used at once, by Kafka's settings; a Fetch gives no more than that",
        "a session's Fetches are charged for what each gives, and not for what it names; the session goes on behind the pause",
        "controller_mutation_rate: newer requests beyond it are refused, older ones done and told to be quiet",
        "connection_creation_rate: an address beyond its own limit, or beyond the default, is refused, and others' limits are their own",
      ],
      "quotas of host names are kept, and match addresses alone",
    ),
  ]),
  ...area("Broker: data path", [
    works(
      "audit: who did what to which resource, allowed or denied, by which rule; logins, changes; a file, a topic: [the format](audit.md)",
      [
        "a change is told with who, what, from where, by which rule, and how it went",
        "what is denied is told with the rule, each time it counts; a client in a loop does not flood",
        "no secret is told: neither passwords of users nor of settings, known or not",
        "a disk that is full never stops the broker, and what was told meanwhile comes when there is room",
        "a killed broker leaves whole lines, and the next one writes on",
      ],
    ),
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
    works("records written lately are read when they are sent: a slow reader holds one window of its answer", [
      "are the same bytes as those that are read at once, whatever the limits, segments and windows",
      "are what they were when their segments are removed before they are sent",
      "a client that does not take such an answer holds one window of it, and its next requests wait",
      "an answer whose rest cannot be read closes its connection, which says why, and lets it go",
    ]),
    works("one budget for what is held for clients, shared by a moving threshold; limits on frames, elements and connections", [
      "what may wait behind a request has a bound, beyond which the client is not read",
      "while there is no memory for a frame its client is not read, and a client that stalls with half a frame loses its memory to it",
      "records that wait for the disk are in the log, and hold nothing of their client's memory",
      "a DeleteRecords that waits for the disk is counted whole until it is answered",
      "who holds more than its share is served on when its answers have been taken, and what it sends meanwhile waits",
      "when far more is held than there is memory, small batches are served and large ones come as soon as there is room",
      "a request has as many elements as its handler says, and one more closes the connection",
      "connections beyond max.connections are refused, and room is made when one leaves",
      "max.connections of one listener, and overrides of addresses, count from the next connection on; a list that is none ends the start",
      "three hundred clients that ask for everything again and again and read nothing: what is held stays bounded, others produce and read, and all of it is given back",
    ]),
    partial(
      "connections share the loop: no burst or large request keeps others waiting for more than 50 ms",
      [
        "a burst of small requests is served in slices, and the loop gets its turn in between",
        "forty busy clients keep one with a request now and then waiting for one turn only",
        "answers of many clients that are ready at the same time are written in several turns of the loop",
        "a crowd of newcomers with long requests keeps one with a small request now and then waiting for one turn only",
        "answers are made in the turns of their connection, a slice at a time, and not for one that has gone",
        "connections that come at once are taken in in several turns of the loop",
        "many offsets of one group are looked up in several turns of the loop, each as it is by then",
        "who comes next is found without a look at everybody",
        "a crowd is held when a turn has read for 8 ms, and read again in its order, 256 a turn",
        "who asks again and again waits for one turn at most, however long what the crowd asks takes",
        "400 clients that send at once are read in several turns, heard whole, and seen to leave",
        "LeaveGroup of thousands has a result for each in their order, and who is named twice has left once",
        "the young generation grows no further than it may, but for a step",
        "of a long list that is made when it is written, only what was written is made between two slices",
        "are renamed in the background, the oldest first, and are no part of the log meanwhile",
        "npm run test:stalls",
      ],
      "8,000 members of one group that come, sync and go in one moment, on a machine at a load of 14 to 26: turns that read them work for at most 25 ms (34 for 3,000 joins and 60 for 3,000 ends before), LeaveGroup of all of them in one request below 20 (58 before), the end of the join phase 38 to 40, and the leader's SyncGroup 54 to 63 ms of the processor (81 before), which is one decision and one record of 900 kB; a group of the consumer protocol with 8,000 members and an expression 29, 10,000 groups deleted in one request 10. TLS connections are not held in a crowd. Expiry and clean-up of a million offsets of one group hold the loop for 8 to 10 ms of it (28 to 224 before), DescribeLogDirs of 100,000 partitions for 5 to 8 (76 to 91). 3,000 connections that come and go at once cost 21 to 27 ms, all offsets of a group with 10,000 22 to 25 ms (load of 20). Beside writers that keep the disk busy (`-- --disk --all`) the creation and deletion of 1,000 and 10,000 topics keeps others waiting for 20 and 16 ms; 5,000 segments that DeleteRecords lets go at once for 20 ms, in place of 465",
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
    works(
      "streams groups (KIP-1071): topology, internal topics, tasks, standbys, static members, endpoints and statuses as Apache Kafka 4.4.0, which hands out no warm-ups either; the sticky assignor equal to Java's",
      [
        "npm run test:streams-groups",
        "npm run test:assignors",
        "tasks are assigned as Apache Kafka 4.4 assigns them",
        "a large target of a streams group is worked out beside the requests, and told by a later heartbeat",
        "npm run test:kafka -- --target ottla --only client-streams",
      ],
    ),
    absent("share groups", later),
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
    works("TLS listeners: PEM and PKCS#12, clients' certificates and the rules that name them, certificates read again while it runs", [
      "SSL: requests are served over TLS, and a client that speaks plaintext is told of in one line",
      "SSL: a certificate names the client, by the rules of ssl.principal.mapping.rules; without a rule that fits there is no service",
      "certificates that are missing, expired or of strangers are refused in one sentence, also where they need not be shown",
      "a file that changes is taken for the next connection; what cannot be used leaves the old certificate, and is said once",
      "of OpenSSL, new and old ciphers, give the key and its certificate first; of keytool, what it trusts",
    ]),
    works("revoked certificates of clients are refused, by lists that are read again when they change (`ottla.ssl.crl.location`)", [
      "a revoked certificate is refused, from the moment that the list changes; one that ran out, or is of another authority, refuses all",
    ]),
    works("what somebody may do changes while they are in the middle of a rebalance or a transaction: Kafka's codes, nothing half done", [
      "a member that loses the group in a rebalance hears so, is put out, and the others go on without it",
      "a producer that loses a topic in a transaction writes nothing more there, and its commit still writes every marker",
      "a producer that loses its transactional id can neither write nor end; its transaction is given up in its time, and others go on",
    ]),
    partial(
      "strangers cost 64 KiB and one timer, whatever they send; failed logins tell nobody who exists, and do not fill the log",
      [
        "a login that is cut at any byte, by a half-close or a reset, leaves nothing and keeps nobody out",
        "a stranger is answered 32 times at most, and so cannot have more sent than it sends a few times over",
        "noise before a login costs nothing that stays, and is answered with little",
        "SCRAM: a user who does not exist looks like those who do, whoever made their passwords and with how many iterations",
        "after a restart those who exist and those who do not have the salts that they had",
        "TLS handshakes that stay in their first message, or have not begun",
        "a hello is refused with its head where it announces more than 6 KiB, or does not say how much it will be",
        "nobody is asked for a second hello: whoever began with a key that is taken goes on with that, whatever else both like better",
        "a hello is whole with its last byte, and not before, in however many records it comes",
        "whoever comes, begins, stands still and goes: places are never more, nobody is forgotten, nothing is left",
        "strangers who stand still in their handshakes give their places up to a client that comes; each is told of as such",
        "strangers who stand still in their handshakes have so many places and no more, and give them up to who comes",
        "npm run bench -- broker --only security --workload strangers",
        "logins that stay in their middle",
        "300 wrong passwords at once: nothing is left of them, the log has a few lines, and who was in stays in",
      ],
      "in a TLS handshake 54 to 61 KiB; where a listener asks for clients' certificates 72 behind the first KB of them and 165 behind 60, with 256 at most in a handshake at a time, for ten seconds at most: ADR 24",
    ),
    works(
      "certificates and logins that are changed over the wire are judged before they are stored; private keys of files are not in dumps of the heap",
      [
        "a certificate, key, rule or login that cannot be used is refused with INVALID_REQUEST, and nothing of it is stored",
        "the private key of the broker's certificate is not in a dump of its heap",
      ],
    ),
    works("a guide from plaintext to TLS, SCRAM and least privilege on a running cluster, each command run at Ottla and at Apache Kafka", [
      "npm run test:guides",
    ]),
    works("SASL: PLAIN, SCRAM-SHA-256 and -512, users over the wire (KIP-554), re-authentication (KIP-368)", [
      "SASL_SSL: nothing but the login is served before it, and everything after it",
      "SCRAM: an unknown user and a wrong password look the same: same messages, same sizes, same error, and the same salt each time",
      "re-authentication: the login has a time, is renewed by the same user and mechanism, and by no other",
      "a renewal behind a parked Fetch is answered behind it, and what follows is served",
      "as somebody else, or by a mechanism that is not there: the Fetch is answered, the renewal refused, and nothing behind it is done",
    ]),
    works("`ottla certs ca|issue|rotate|check`, for people without an authority", [
      "an authority is made once, issues certificates that name their hosts, and its key is for its owner's eyes alone",
      "a rotated certificate keeps subject and hosts and has another key; check tells which ends soon",
    ]),
    works("delegation tokens (KIP-48, KIP-373): made, renewed, ended and described; logins by SCRAM with them", [
      "npm run test:tokens",
      "a token is made, logs in as its owner, makes no other, is renewed and ended; it is there after a restart, and its secret is nowhere on the disk",
      "no token logs in with another's secret, after its end, as an ordinary user, or once the key is another",
      "with an authorizer: tokens for others need CREATE_TOKENS on the user, those of others are seen with DESCRIBE on the token or DESCRIBE_TOKENS on the owner",
    ]),
    works(
      "OAUTHBEARER: tokens of an identity provider (JWKS over HTTP or from a file, rotation, audience, issuer, skew), unsecured ones where asked for",
      [
        "a token lets in for as long as it lives, or as connections.max.reauth.ms has it where that is less",
        "a signature must be by one of these keys, and by a private one: not none, and not HMAC with the public key",
        "a key that came after the last fetch is fetched for the first token that names it; one that went is not taken any more",
        "a token that ends in the middle of a session ends it, unless the client shows another; the user stays the same",
        "an endpoint that is dead harms those logins alone, and is told once",
        "messages that are oversize, out of order, spoilt or of another mechanism let nobody in, and each ends in its time",
        "whatever stands where the keys should be harms nothing, and once they are there tokens are taken",
      ],
    ),
    absent("GSSAPI", "no kept Kerberos library comes with its binaries: ADR 16"),
  ]),
  ...area("Numbers to watch", [
    works(
      "`--metrics-port`: Kafka's metrics under the names of Strimzi's and Confluent's rules, lag as kafka_exporter names it, the process as Node's dashboards do",
      [
        "what was written, read, refused and committed shows under Strimzi's and Confluent's names",
        "every name that Strimzi's and Confluent's broker dashboards read is there, but for those named with a reason",
        "tells how it does",
      ],
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
];
