import { area, type Feature, partial, works } from "./status-page.ts";

/** What docs/status.md lists of `@ottla/streams`. */
export const streamsFeatures: readonly Feature[] = area("Streams", [
  works("the DSL: stateless verbs, groups, aggregates, windows, joins of all kinds, suppress, cogroups, repartition, processors by hand", [
    "npm run test:streams-differential",
    "what a topology writes comes in Java's order: repartition topic, changelog, sink",
  ]),
  works(
    "a wrong type or a missing serde does not compile; 60 wrong programs, each with its right twin",
    ["npm run check", "npm run test:streams-package"],
    "`packages/streams/src/driver/wrong-programs.types.ts`",
  ),
  works(
    "three systems with generators, live figures beside what is claimed, and a check that kills the application: fraud detection, order saga, telemetry; on Ottla and on Apache Kafka",
    [
      "npm run test:examples",
      "an example shows its figures on whatever it is run, and Ctrl-C ends it with what was measured",
      "an order that comes twice is one order, and what the bank says first of it counts",
    ],
    "`npm run example -- fraud`",
  ),
  works("final results of windows come while an application catches up, however fast stream time runs", [
    "an application that catches up gives on each final result of its windows, however fast time runs",
  ]),
  works("a package that installs alone, without a compiler, on Node 22, 24 and 26, and that TypeScript from 5.8 on reads", [
    "npm run test:streams-package",
  ]),
  works("names of nodes, stores and topics, and the text of `describe()`, are Java's; the three optimizations", [
    "npm run test:streams-differential",
    "numbers go on through names that the user gave, as in Java",
  ]),
  works(
    "generated topologies against Java's driver: what both write in the order of writing, byte for byte, descriptions, and errors by what they mean; with patterns, global stores, versions, graces, functions that throw, sinks between, caches",
    ["npm run test:streams-differential", "kept cases: what Java's TopologyTestDriver wrote, byte for byte"],
  ),
  works("`TopologyTestDriver`: Java's verbs, synchronous, every produced record in its order", [
    "npm run test:streams-differential",
    "outputs are read record by record, as values, pairs and maps",
  ]),
  works("what became of a record, node by node", [
    "a driver that explains says where a record went, and where it did not",
    "what waits for stream time says for which",
    "what finds no partner in a join says so, whatever is joined, and is not said to be kept",
  ]),
  works("LRU stores (`entriesMax`), with Java's tombstones; punctuators that start at a time (KIP-1146)", [
    "of more keys than it may keep those that were used last stay, and the changelog tells which one went before what came",
    "a punctuator of the machine's clock that starts at a time is due then and at multiples of its interval after it",
  ]),
  works("interactive queries: key, range, prefix, window, session and version, in pages, with positions, bounds and errors by code", [
    "all kinds of stores are asked (${where}, cache of ${cacheMaxBytes})",
    "stores are asked by key, and what is not here says so",
    "pages of any size give what one gives, in order (${place}, cache ${String(cacheBytes)})",
    "a question that cannot be answered says why, by a code that stays",
    "an answer puts nothing into a cache and counts as no use, so that nothing is given on because of it",
    "a copy answers while its task is elsewhere, if a question takes old answers, and says how old",
    "the guide's questions are answered by whichever instance is asked",
  ]),
  works(
    "stores by HTTP (`app.serve`): pages, lines, Server-Sent Events, of whichever instance has them; 503 with progress while restoring",
    [
      "any instance answers for all, and goes on when a key moves in the middle (${where})",
      "requests that are wrong, foreign or too many are told so, and change nothing",
      "while a store is restored, questions are answered 503 with how far it is",
      "of each key the latest change waits, in the order of the changes, for each reader from its own place",
    ],
  ),
  works(
    "stores on threads (`workers`) are asked and watched by message: questions, and live views over all threads, of those that come and go, too",
    [
      "stores on threads are asked from outside, by whichever thread has them, while one comes and goes",
      "a live view tells the changes of all threads, of one that comes and of those that stay when it goes",
      "a partition that moves is told of by the thread that watches it last, whichever answer comes first",
    ],
  ),
  works("65 mutants of joins, windows, tables, stores, names and dead letters die", ["npm run mutants -- packages/streams/"]),
  works("`ottla streams topology URL`: a running topology drawn with the tasks, rates and lag of all its instances", [
    "a running topology is drawn with what goes through it and what waits, of all instances",
  ]),
  works(
    "`ottla streams topology FILE`, `ottla streams describe FILE`: a topology drawn from its module, which is given up after its time, whatever it does",
    [
      "streams describe draws a module's topology, too",
      "a module is given up when its time is over: ${what}",
      "a module that leaves, breaks down or prints harms nobody",
    ],
  ),
  works("errors name node, topic, partition, offset and key; handlers let a record go, try again or write a dead letter", [
    "an error in user code names the node, topic, partition, offset and key",
    "a handler may let the record go and the next ones pass",
    "a step is tried again as often as the handler wants, up to a bound",
    "retries wait longer and longer, up to a bound, by the driver's clock, and punctuators due by then come when the record is done",
    "a record that cannot be written is tried again, let go, or written to the dead letters",
    "what cannot be read fails with its place, or goes to the topic that the handler names",
  ]),
  works("bad input of 49 kinds, one by one: the error names node, topic, partition, offset and key, and the records after it go on", [
    "bad input: ${row.what}",
  ]),
  works("promises from synchronous functions, wrong arguments and a driver called by what it runs: one clear error, whatever the verb", [
    "misuse: ${what}",
    "a driver that is called by what it runs refuses, whatever the call, and goes on after it",
    "what comes after build, or follows another builder's stream, is refused",
    "streams that part and meet again many times are built at once, however many ways there are through them",
  ]),
  works("dead letters as Java writes them (KIP-1034): source bytes, headers, time; those of what was held back have their own record", [
    "dead letters as Java writes them: ${expected.case}",
    "a record that was held back keeps its own source bytes",
    "npm run test:streams-differential -- --failing",
  ]),
  works("options that mean nothing are refused by name: fifteen kinds of nonsense at each option of forty verbs and stores", [
    "nonsense as an option of ${place} is refused in a sentence that names it, or means something",
  ]),
  works("recorded topics through the driver, in the order in which a task takes them", [
    "recorded topics are processed in the order of their times, global tables before all",
    "what cannot be replayed is refused before anything is processed",
  ]),
  works("global stores and read-only stores that a processor fills (KIP-813); others only read them", [
    "npm run test:streams-differential",
    "a global store is filled by its processor and read by all others",
    "a global store cannot be written by a processor that does not fill it",
    "a read-only store of a task has its topic as changelog",
  ]),
  works("foreign-key joins of tables whose topics have partitioners of their own", [
    "npm run test:streams-differential",
    "a foreign-key join calls its serdes and partitioners with the names that topics have in the cluster",
  ]),
  works(
    "100,000 results that one record lets go (final results, suppress, joins, flat maps, a key's partners, a full cache, caches and changelogs at a commit) are made in slices, in the order of one call, whatever stops the task between",
    [
      "what ${what} makes of one record is forwarded in slices, with the records of one call in their order${ending}",
      "in slices of any size, stopped in the middle of one by commits, kills and revocations, each topic has the records of single calls",
      "what a punctuator lets go is done before the next punctuator is called",
      "what is below a node that shares a store with something below itself is made in one call, all else in slices",
      "what a full cache before ${what} gives up is made in slices, with the records of one call in their order",
      "what a table's full cache gives up for the put of a user's processor is done when the put returns",
      "npm run test:streams-differential -- --sliced",
    ],
  ),
  works("foreign-key joins on a cluster, between topics of unlike partitions; a change that 100,000 rows point to is answered in slices", [
    "a foreign-key join answers all rows of a change, also across a commit, a restart and unlike partitions, ${guarantee}",
    "a change that many rows point to is answered in slices, each before the task takes another record, with the records of one call in their order",
  ]),
  works("a store of another kind under its old name is refused, on the disk and at its changelog's first record", [
    "a store that is now of another kind than what the state has under its name is refused, and what is there stays",
    "a ${read} store ${what}, whatever the keys",
  ]),
  works("a middleware around each processor (KIP-1112)", [
    "a middleware stands around each processor, and sees what it is given and when it is done",
    "a record ends at a middleware that does not let it on, and nodes may be left alone",
  ]),
  works("a topology as data, in Mermaid and DOT", ["the drawing of a topology has its sub-topologies, topics and stores"]),
  works("keys whose bytes carry a schema's id are refused where records are to meet", [
    "keys whose bytes carry a schema's id bring nothing together",
  ]),
  works(
    "state stores in memory: by key, of windows, of sessions, of versions; changelog records of Java's bytes, and stores made again from them",
    [
      "a walk goes on where it was when its store changes, and sees nothing of what expired",
      "a session store does what a plain list does",
      "a versioned store answers as a list that forgets nothing, wherever its history reaches",
      "a value that is deleted at its own time is as if it had never been, unless an earlier one ended there",
      "the changelog tells at a flush what changed since the last, and from it the buffer comes back",
    ],
  ),
  works("stream-table joins with a grace period over versioned tables (KIP-923); a grace beyond the table's history is refused", [
    "kept cases: what Java's TopologyTestDriver wrote, byte for byte",
    "records wait for their grace, go by time, key and arrival, and come back from the changelog",
  ]),
  works(
    "stores of all kinds on the disk (`lmdb`), with offsets in the same transaction: `persistent` in the DSL, a driver with `stateDir` goes on where it was",
    [
      "a driver that is closed and made again on its directory writes what one that goes on would have written",
      "recorded records that were done with are passed over; of one that failed nothing is kept",
      "in a long replay what is done is written meanwhile, also where each record has to go through a topic first",
      "a directory that another one has, or whose files are damaged, is refused with what to do",
      "stores and offsets are there after a restart as of the last commit, and nothing of what came after it",
      "a file that is cut short, or is none of its own, is told before it is opened",
      "npm run test:long",
    ],
  ),
  works("records per second of CPU of the test driver beside those of Java's, and of stores in memory beside `lmdb`", [
    "npm run bench -- streams-driver",
  ]),
  works("caches before stores by key, of windows and of sessions, in bytes shared by a thread's stores, that give on what Java's do", [
    "kept cases: what Java's TopologyTestDriver wrote, byte for byte",
    "with a cache of any size a window store reads as one without, also while walks make it give up entries",
    "with a cache of any size a session store reads as one without",
    "of the changes that one record makes to a key the last goes on",
    "too many bytes: what was used longest ago leaves, and with the first written one all that were written",
    "walks over a cache use what Java's would, whatever comes and goes on their way",
    "npm run test:streams-differential -- --cached",
    "npm run test:streams-differential -- --crowded",
    "npm run test:streams-differential -- --cached --persistent",
    "npm run test:streams-differential -- --crowded --persistent",
  ]),
  works(
    "calls outside of the topology (`mapAsync`, `enrichAsync`): bounded, in the order of keys or not, with time limits, tries and dead letters; `await driver.settle()`",
    [
      "results of one key come in the order of its records, whichever call ends first",
      "no more calls are open than may be, and what waits begins when one ends",
      "a call that takes too long is aborted by the driver's clock, and its late answer changes nothing",
      "a failed call is tried again after its back-off, and others are called meanwhile",
      "a dead letter has the source's bytes, the record's time and headers, and says what failed",
      "what is not done holds commits back through all steps, and too much of it the input",
      "closing aborts what runs, and who waits is told",
    ],
  ),
  works("`transformValues` of tables, with stores", [
    "a table's values are transformed with stores, deletions too, and read by joins",
    "nodes of transformed tables are called as Java's, and what is no supplier is refused",
  ]),
  works("windows without an end (`unlimited`)", ["a window that never ends begins where it is told to, and shows no end"]),
  works(
    "a record's way from source to sink makes no garbage beyond the user's own, folds, windows, sessions and joins included; a foreign-key join makes less than two records that go through topics of the application's own cost the driver",
    ["a record's way costs no memory beyond what the README says"],
  ),
  works("a topology that is too deep for the stack is refused when it is built", [
    "a longer row is refused when it is built, by name, and not at a record",
  ]),
  works("applications on a cluster: Java's states, option names, internal topics and commit metadata; the client loaded by `start()`", [
    "an application counts words, begins where it was committed, and has its counts again",
    "its own topics are made as Java makes them",
    "a topic that is missing, or one of its own that is another, ends the start with the reason",
    "one of its own topics that gives up what is needed ends the start with the reason",
    "what is committed beside an offset has Java's bytes",
    "options go by our names and by Java's, defaults are Java's",
    "repartition topics are purged of what was committed",
  ]),
  works(
    "tasks on a broker write what the driver writes, in every topic: by time over partitions, paused, punctuated, with calls, dead letters and global tables",
    [
      "every topic has on a broker what the driver writes: ${application.what}",
      "npm run test:kafka -- --only client-streams",
      "records of several partitions are taken by their times, and one that has none is waited for",
      "a full buffer pauses its partition, and everything comes through",
      "what a step throws at is written to the dead letters, and the next record goes on",
      "punctuators of the machine's clock are called without records, and a commit may be asked for",
      "calls outside hold commits back until they have ended",
      "a global table is filled before the first record is joined with it, and follows its topic",
    ],
  ),
  works("tasks divided among instances: sticky, balanced by sub-topology, cooperative (classic protocol), where their state is (KIP-441)", [
    "whoever comes, goes and dies, in the middle of whatever moves: all tasks run once, where their state is; in bounded rebalances the shares are even, and dividing again moves nothing",
    "who joins takes his share and nobody else moves; who goes leaves his tasks, and nobody else gives any up",
    "damaged bytes are refused, whatever they claim",
  ]),
  works("an instance that comes back has the tasks again whose state is on its disk (KIP-441's dormant tasks)", [
    "an instance that comes back with state on its disk has those tasks again, and reads nothing anew",
  ]),
  works("at least once over standstills beyond the session, and over a restore that is ahead of what was committed", [
    "a worker writes while the group surely has it, waits while that is not known, and never again when the group has gone on",
    "what was live when a task committed last is there when it is done again, though its changelog went on, without transactions",
  ]),
  works(
    "standbys, warm-ups and probing rebalances; a copy becomes its task's stores, and only the rest is read; copies on other racks by tags",
    [
      'a copy becomes its task\'s stores, and only the rest is read: ${guarantee}, ${isPersistent ? "on the disk" : "in memory"}',
      "an instance that joins gets a copy first, and its tasks when that is there; no task stops for it",
      "standbys go to other racks, the first tag before the second",
    ],
  ),
  works(
    "exactly once through kill -9 of instances, of brokers and of both, standstills beyond the session, fenced producers, cut connections, moved leaders and coordinators, full disks of state, clock jumps and a rolling upgrade, on Ottla with one and three virtual brokers and on three nodes of Apache Kafka; at least once with nothing lost",
    [
      "npm run test:streams",
      'instances come, go, are killed and cut off: each word is counted once, exactly; stores ${isPersistent ? "on the disk" : "in memory"}',
      "what a step throws while a transaction ends ends the application, and that transaction is committed whole",
      "records that come while slow transactions end, fail and are not heard of count once",
    ],
    "counts, windows that close once in both ways, a join with a table and one of streams, dead letters; `npm run test:streams:bugs` puts fourteen faults into the runtime, each of which a test brings about and notices each time, and bad days notice most; 30 minutes in one piece on all three clusters (seed 963828): exactly once 379 blows, 526,118 answers, none lost or twice, and 142 blows at least once with none lost",
  ),
  works("what an instance that was killed in the middle of a commit left open is ended by those that go on, not by its timeout", [
    "what an instance left open that is gone for ever is ended at once, and nobody else's (${groupProtocol})",
    "an instance that is killed as it commits is back in its folder at once, whenever its transaction would time out",
    "an instance that is back with fewer workers ends what those had open that it has no more, and what it has open goes on",
    "a transaction of an instance that lives is left alone by one that comes",
    "npm run bench -- streams --only failover",
  ]),
  works(
    "a machine's clock that jumps by years, forward and back: no call is given up early, and no punctuator, join or retry waits for it",
    ["a clock that jumps by years, forward and back, ends no call early and keeps nothing waiting"],
  ),
  works(
    "copies promoted, tasks that move, caches that give up and answers with their positions, while a transaction ends: each record counts once",
    ["what a small cache gives up while a transaction ends is counted once, also when that is aborted", "npm test -- hostile-moves"],
  ),
  works(
    "sources that change: topics that come to match a pattern and go, and versions of a topology that read more, exchanged instance by instance",
    [
      "a topic that comes to match a pattern is read beside the others, and one that goes takes nothing with it",
      "a topic of a pattern that is deleted with records that were read and not committed stops nobody",
      "instances are exchanged one by one for a version that reads more, the oldest ${which}; nothing stands still, and in the end all is read",
    ],
  ),
  works("an input that gets more partitions ends the application with both numbers and the remedy, and keeps new instances from starting", [
    "an input that got more partitions is named with both numbers, and with what to do",
    "npm run test:kafka -- --only client-streams",
  ]),
  works("state restored from changelogs, told as it goes; on the disk what is missing only; folders that nobody uses are emptied", [
    "a store on the disk reads on where it was, and its folder is one instance's",
    "folders of tasks that are not here are emptied after their time, and all is removed when it is asked for",
  ]),
  works("state that cannot be read, or whose changelog was cut or made anew, is made again by itself; the others go on", [
    "a changelog that was cut behind what the disk has is no base: the store is made again from what is there",
    "a changelog that was made anew is no base either",
    "a file that cannot be read is made again from the changelog; what was whole is not read again",
    "what follows in a changelog is deleted while it is read: the store is made again, and the task runs",
  ]),
  works("`taskTimeoutMs` (KIP-572): a task that cannot be opened is tried again beside the others, and named when its time is over", [
    "a task that cannot be opened is tried again, and the others go on meanwhile",
    "when its time is over, the error names the task and what it waited for",
    "a task whose folder somebody has waits until it is let go, and others go on meanwhile",
    "a task whose folder nobody lets go ends the application when its time is over, and the error names both",
    "a thread waits for the folder of a task that a held one of its process still has, and each word counts once",
    "input that ends before what was committed is waited for as long as a task may take, and then an error that names both offsets",
  ]),
  works(
    "applications on threads: workers added and removed at run time; one that dies is replaced, and leaves neither a member nor a transaction behind; `close()` ends those that a function holds",
    [
      "two threads are two members that divide the tasks, and end as one",
      "a thread comes and another one goes while records flow, and each counts once",
      "a thread that dies of ${order} is replaced, the other one goes on, and each word counts once",
      "two threads that die of ${order} one after the other are replaced, and each word counts once",
      "a thread that is ended while it writes comes to its end, and what it has committed is there for the next one",
      "a process that says that it ends while a thread of its writes is over then",
      "a thread that a function holds for ever does not hold close(), and what it had is done by another",
      "what cannot go to a thread is refused at once, with what to do",
      "workers of one process do not take what another process has no task for",
      "npm run test:streams-package",
    ],
  ),
  works("records per core, a restore, the time of a record and a killed instance beside Java's Kafka Streams", [
    "npm run bench -- streams",
  ]),
  works(
    "applications of a hundred times the usual size: a thousand nodes, ten thousand partitions read, a hundred thousand keys punctuated, millions of keys on the disk",
    [
      "npm run bench -- streams-sizes",
      "a partition without records is waited for while it is not known to have none",
      "pauses are told when they change: all at first, then those of which enough waits",
    ],
  ),
  works("a hundred applications in one process: what they cost while nothing comes", [
    "npm run bench -- streams-many",
    "a worker without anything to do waits for long, and no longer than for what comes first",
  ]),
  works(
    "a running application says why nothing comes out: 28 codes with sentences that name topic, partition, task, node and number; also from outside, and by HTTP",
    [
      "why nothing comes out: ${name}",
      "what a broker is hard to be brought to is told, too",
      "what threads do is told as of one, and one that is held by a function is told as silent",
      "an instance says why, and where none is asked the cluster does",
    ],
  ),
  partial(
    "metrics under Java's groups, names and tags at recording level INFO (`app.metrics()`): these are compared with those of an application on Kafka Streams 4.4.0, values are not (counts and bytes against known answers, times not at all)",
    ["metrics have Java's groups, names and tags; what is not there has a reason"],
    "stores, caches and single steps are not measured (Java's DEBUG and TRACE), nor tasks' shares of time; no push (KIP-714); the test lists each with its reason",
  ),
  works(
    "OpenTelemetry: spans per batch with links or per record with the context in what is written, on threads, too; `app.metrics()` as instruments",
    [
      "a span is its sender's child, is active in steps, and what is written carries its context",
      "what fails is an error of its span, dropped or not; retries that helped are none",
      "what waits for a call goes on with its record's context, and so does what is asked in it",
      "a punctuator has a span, which is active while it is called (per ${per})",
      "one span for records of a task, with links to their senders, each once; records go on with what they came with",
      "metrics that are numbers are collected under the names of Java's clients, and end with the application",
      "on threads the module's spans count, and a function among the options is refused by name",
    ],
  ),
  works(
    "`ottla streams list | describe | lag | reset`: applications of Ottla and of Java by their groups; reset with the options of Kafka's tool",
    [
      "a running application is listed and described with what its members tell each other",
      "lag is told by topic",
      "a reset is refused while members are active, and changes nothing in a dry run",
      "offsets go where they are told, within what there is",
      "its own topics are deleted, and output stays",
    ],
  ),
  partial(
    'streams groups (KIP-1071): `groupProtocol: "streams"` on Apache Kafka 4.4.0 and on Ottla, where the coordinator divides the tasks',
    [
      "heartbeats of a member of a streams group",
      "what ends a member at once, what may pass, and what it goes on with",
      "the group's protocol goes by both names, and what the broker decides is refused with where to set it",
      "npm run test:kafka -- --only client-streams",
      "npm run test:kafka -- --target ottla --only client-streams",
      "npm run test:streams -- --target kafka --protocol streams",
    ],
    "no sources by a pattern and no second topology of a group, as Kafka 4.4.0; a thread that died stays a member until its session is over; key 93 (KIP-1331) is not sent",
  ),
  works(
    'one instance may end all of them (`onError: { fatal: "shutdownApplication" }`, Java\'s `SHUTDOWN_APPLICATION`), in both protocols',
    ["an instance that fails may end them all", "npm run test:kafka -- --only client-streams"],
  ),
]);
