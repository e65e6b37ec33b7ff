import { area, type Feature, partial, works } from "./status-page.ts";

/** What docs/status.md lists of Connect's worker. */
export const connectWorkerFeatures: readonly Feature[] = area("Connect", [
  works(
    "a role document's pipeline by its own two files, classes of Debezium and Confluent as they stand: rows that change in PostgreSQL are asked for in Parquet with DuckDB a second later; over kill -9 of the worker the lake has the table",
    [
      "npm run example",
      "npm run test:connect -- --only lake",
      "the lake has the table, over kill -9 of the worker in the middle of changes",
    ],
    "beside the files stand addresses, a login, topic.prefix and topics.regex, which they lack, and a shorter rotation",
  ),
  works("a worker runs sources and sinks: offsets behind acknowledged records, back-pressure by not being pulled, flush before commit", [
    "a file's lines come to a topic and from there to a file, once each over a restart of the worker",
  ]),
  works("configs, offsets and states in Connect's own three topics; any worker takes a change, and changes of two never mix", [
    "a distributed worker goes on where the last one was: configs, target states, offsets and states are in Connect's topics",
    "what two workers append never mixes: each decides on all that the other wrote",
    "a topic that would lose configs is refused with what to do",
  ]),
  works("several workers divide the tasks by slots; a change of one connector moves nothing of another", [
    "two workers divide the tasks; when one goes the other has all of them, and nothing runs twice",
  ]),
  works(
    "one policy for bad records of sources and sinks, write errors included: place, first bytes, a guess, dead letters with Connect's headers",
    ["bad records of every stage go to the dead-letter topic, and what is good comes through"],
  ),
  works(
    "a bad record at every stage of sinks and sources names connector, task, stage, topic, partition, offset, field, first bytes and a guess, and passes as a dead letter; a letter that the cluster takes as too large has the beginning of its value, says so, and is not redriven as if it were whole",
    [
      "a bad record at every stage tells where it was and what to do, and passes as a dead letter",
      "of a connector that has only the beginning of its value is not sent as if it were whole",
    ],
  ),
  works(
    "a sink may write, flush or wait for its next try for longer than max.poll.interval.ms: the group hears of it, each record is handed over once, and a partition that is taken away goes when the write has ended",
    ["for longer than its group waits keeps its partitions, and each record is handed over once"],
  ),
  works(
    "a broker whose disk is full fails sources with that reason, and they go on behind what was written; workers whose clocks are days apart take over from each other; a worker that stood still while another took its place brings nothing twice to S3",
    [
      "npm run test:long -- full-broker",
      "workers whose clocks are a day apart take over from each other and from themselves, and nothing is lost or comes twice",
      "an S3 sink has its topic's records once, over kill -9 of worker and broker and a server that goes away",
    ],
    "quotas as the reason were not tried",
  ),
  works(
    "thousands of connectors: they begin a few in each turn of the loop, at the start and where slots move; lists and metrics are made as their client reads; tasks that failed together come back apart",
    [
      "thousands of connectors begin a few in each turn of the loop, at the start and where slots move, and are listed as their client reads",
      "a large list is made as its client takes it, and no further when it goes",
      "tasks that failed together are spread over half of their pause, and none begins before it may",
    ],
    "10,000 were looked at with tasks that do nothing: no turn of more than 26 ms of the processor in any list, 48 at the start where 674 were",
  ),
  works("a sink that goes back while it writes is given what follows from there, and no more is committed meanwhile", [
    "a sink that goes back while it writes is given what follows from there once, and no more is committed meanwhile",
  ]),
  works(
    "records of 10 and 100 MB, and a sink over a thousand partitions",
    [
      "npm run test:long -- large-records",
      "records of 10 and 100 MB go through where the limits allow it, and one that is too large says which",
      "a sink over a thousand partitions writes each one's object and commits all of them",
    ],
    "Ottla's broker takes 100 MB with a larger ottla.client.memory.bytes alone",
  ),
  works(
    "what became of a change whose answer was an error or came late is found out: nothing is decided or committed twice, and no state goes back",
    [
      "offsets of a sink whose commit was refused are committed with the next flush, though nothing more comes",
      "a connector whose commit was answered with an error, though it was written, is made once and is no conflict",
      "a state that is read back behind a later one of one's own does not take its place",
      "a config topic that was made again and has an aborted transaction alone is filled with every config",
    ],
  ),
  works(
    "a config topic that is deleted is made again by a worker that runs, with every config; a partition that goes and comes back while a sink's batch waits is read from what is committed; a schema that the registry's level does not allow fails the task, which goes on by itself once the level does",
    [
      "a config topic that is deleted is made again with every config, at the next change or by itself, and tasks run on",
      "of a partition that goes and comes back while a batch waits nothing is written from the middle",
      "a schema that the registry's level does not allow fails the task with the reason; it goes on by itself once the level does, each record once",
    ],
  ),
  partial(
    "PostgreSQL's source and the JDBC sink where the database says no: passwords changed (read again from their file), permissions, limits, read-only, a dropped slot; no secret in answers and logs",
    [
      "npm run test:connect -- --only database-says-no",
      "a sink: none of its records becomes a dead letter, and each row is there when the database says yes again",
    ],
    "passwords are looked up again when a task starts, so a rotation costs a restart of its budget; clocks apart and a full disk of the broker are untried",
  ),
  works("what fails is started again by itself, with pauses that double and a budget for the hour", [
    "a task that fails is started again by itself until its budget is spent, and a person can start it",
  ]),
  partial(
    "Connect's REST API: connectors, tasks, status, pause, stop, resume, restart, offsets, topics, plugins, validation, health",
    ["the REST API answers what Connect's clients ask", "npm run test:connect"],
    "asked sixty things beside Apache Connect 4.4.0, and answered alike; what is wrong with a value is told in our words",
  ),
  works(
    "`ottla connect list|status|validate|preview|diff|apply|logs|pause|resume|stop|restart|delete`, `connect run FILE` with and without `--dry`, `connect new NAME`; Connect in `ottla dev` and `ottla up` at 8083",
    [
      "connectors are made, listed, stopped and deleted by the command line, at the Connect of ottla dev",
      "a preview shows a source's records after each transform and as they would be written, dropped and bad ones too",
      "a preview of a sink reads its topics' first records, joins no group, and shows each as it would be written",
      "a dry run prints a source's records without a cluster",
      "a connector runs from its file until it is stopped, and goes on where it was; its last records are written and committed",
      "a new source, sink and transform are of good types, pass their tests, and run",
    ],
  ),
  works(
    "exactly-once sources (KIP-618): records and offsets in one transaction by batches, interval or the source's own boundary; ids, fencing",
    [
      "a worker that dies again and again writes every record once, as readers of what is committed see",
      "exactly once is refused where the worker or the connector cannot",
    ],
  ),
  works(
    "hostile requests: sizes, shapes, names and races at the REST API are refused with the setting at fault, and nothing half-made of them",
    [
      "configs of hostile size or shape are refused with the setting at fault, and nothing is made of them",
      "what several change of one connector at the same time is all there, and a secret that was changed meanwhile stays changed",
      "connectors that are deleted while they are listed are left out of the list",
      "a setting that comes to far more than it says is refused, and its brackets are read once",
    ],
  ),
  works("nonsense in Connect's topics is passed over, and ends nothing", [
    "nonsense in Connect's topics, there before or coming while it runs, is passed over: connectors are made, run and deleted beside it",
    "counts that no cluster has are of nobody, and a connector that is not there changes nothing",
    "tasks of a connector that was deleted are shut out by the one that follows under its name",
  ]),
  works("secrets are not shown where half of one is a reference, where the class is gone, or where a file is none that providers read", [
    "a part of a secret that stands beside a reference is hidden with it",
    "of a connector whose class is not known here all of its own settings are hidden",
    "what is no file, or one without an end, is not read, and the reason names no content",
  ]),
  works("code of plugins' files never runs on the worker's thread: loading, dry runs, splits, previews, with a limit each", [
    "files that do not come back from their loading are left out, and the plugins of others run",
    "a dry run, a split or a look at offsets that spins, exits or hoards fails for whoever asked, and holds neither the worker nor others",
    "a file whose top level waits for what does not come is given up, and the others are there",
  ]),
  works("offsets, dead letters and moves of tasks keep their rules when something fails in between", [
    "an offset that was committed behind a transaction that another task left open is waited for, and never taken as it was before",
    "a task that fails when another worker has it already is not started again here, and says nothing over the other's state",
    "a transaction that cannot end fails its task, though the source is silent",
    "offsets that could not be committed are committed with the next try, though the source is silent",
    "a record that can be neither written nor kept as a dead letter is not passed over",
    "a sink that loses a partition has committed what it wrote of it, and writes nothing more of it, not even what it was trying again",
  ]),
  works("plugins used wrongly fail with what they gave and to whom, and lose nothing silently", [
    "a source that yields what is none, or places that cannot be kept, fails with what it gave, and never runs on without offsets",
    "what cannot become durable fails a source that is silent, too",
    "a source that is slow to take what is durable keeps no offset from being committed, and no worker from ending",
    "a transform that gives what is no record is told by its name",
    "a sink that says nonsense of its records or offsets fails with it, and one that never ends is left behind",
  ]),
  works(
    "a plugin's call that does not come back (open, write, flush, acked) is told of with since when: log, task's status, metric; a source that is silent where one asks for it",
    [
      "a sink whose ${what} does not come back is told of: in the log with since when, in the task's status, as a metric",
      "a source that gives nothing for long is told of where its settings say so, and is ended in time all the same",
      "a call that does not come back is told of after its time, again after twice that, and when it is back",
    ],
  ),
  works("an error that a plugin throws where nobody catches it fails the task that it came from, and no other", [
    "a plugin that throws where nobody catches fails its own task, with its name, and nobody else's",
  ]),
  partial(
    "tasks run on threads with a bound of memory: connectors with code of files each on one of their own, those that come along share one",
    [
      "npm run test:connect -- --only threads",
      "one that wants a thread has it, and beyond the most that may be made comes to where the fewest are",
    ],
    "what native code takes has no bound",
  ),
  works(
    "`ottla connect dead-letters list|show|redrive`: stories of connectors' dead letters; sent back once each, edited or passed over, at a pace; once each also where it is killed (SIGKILL) in the middle",
    ["of connectors tell stage and task; they are redriven once each, edited, at a pace", "npm run test:connect -- --only redrive-kills"],
  ),
  works(
    "`/admin/loggers` with Connect's bodies, `scope=cluster` over the config topic; the worker's last lines; metrics by the names of Connect's beans at `/metrics`",
    ["loggers are read and set by Connect's calls, lines are kept by their levels, and metrics have the names of Connect's beans"],
  ),
  works("a TypeScript function as transform: in a file of `connectors/`, or beside the source that `connect run` reads", [
    "a transform of a file stands beside its source, or in the folder of plugins, and is named like any other",
  ]),
  works(
    "logins at Connect's door, by password or certificate, with roles viewer, operator and admin for connectors of a pattern; HTTPS (PEM, PKCS#12, client certificates, renewed while it runs); an audit of changes and denials; what workers pass on is signed with the group's key (KIP-507) and says who asked; Apache's `listeners`, `listeners.https.ssl.*`, `rest.advertised.*`, `admin.listeners`, `rest.extension.classes` taken or refused with the remedy",
    [
      "each route asks for its role, and there is no route that nobody wrote down",
      "a role holds for connectors of a pattern: lists, metrics, logs and loggers show no others",
      "what is changed and what is denied is told: who, what, from where; wrong passwords wait, and are few",
      "nothing is done that the audit cannot tell, where it must",
      "by HTTPS: certificates log in, strangers and half handshakes harm nobody, and another certificate takes over",
      "a worker passes on who asked, signed with the group's key, and never a password",
    ],
  ),
  works(
    "values of `env`, `file` and `dir` providers and settings that are secrets are hidden in answers, states, logs, dead letters, previews and topics; each connector that comes along is tried with servers that tell them back (MariaDB and MongoDB with `OTTLA_TEST_SLOW_SECRETS=1`)",
    ["secrets of connectors are said nowhere"],
  ),
  works("`/health` is 500 when topics of Connect's own are gone, and says which", [
    "a worker whose topics were deleted says that it is not well, and with which of them",
  ]),
  works("files of certificates that settings name are looked at before they are read: no pipe is waited for, no device read", [
    "a setting that names no file of certificates is told with why, and neither waited for nor read without an end",
    "a connector's file that is a pipe is not waited for",
  ]),
  works("beside `ottla dev --secure` Connect is served by HTTPS with the printed login; `ottla connect` and the console log in", [
    "beside a secure broker Connect is as secure: HTTPS, the printed login, users that are added while it runs, an audit",
    "what is wrong with Connect's door ends the start with a sentence",
  ]),
  works("what is wrong with settings is told at the setting at fault; lists of names that no setting can be named after at the list", [
    "what is wrong is told at the setting that is at fault: lists of odd names at the list, a finding without a name at the one that it names",
  ]),
]);
