import { area, type Feature, partial, works } from "./status-page.ts";

/** Sources and sinks of messaging systems. */
export const connectMessagingFeatures: readonly Feature[] = area("Connect: MQTT, Redis, MongoDB", [
  works(
    "MQTT source: a message of quality 1 or 2 is acknowledged when its record is durable, whatever offset.flush.interval.ms is; filters and mapping with wildcards",
    ["messages come to the topics that their mapping says, and are acknowledged when their records are durable"],
  ),
  works("MQTT source at mosquitto: nothing lost over kill -9 of worker, broker and mosquitto (quality 1)", [
    "npm run test:connect -- --only mqtt",
  ]),
  partial(
    "MQTT 5: user properties and headers both ways, receive maximum as back-pressure, shared subscriptions over tasks, will, TLS, login, a client id that another takes",
    [
      "MQTT 5: what a message carries beside its payload becomes headers, and headers become user properties",
      "a paused source reads no more than its window; resumed, it has everything once",
      "tasks share a filter: each message comes to one of them",
      "a client id that another takes fails the task with what to do",
      "TLS and a login; refusals say which setting is wrong; a will when the worker goes without a farewell",
    ],
    "no WebSockets, no AUTH exchange; sessions of tasks that went away keep their share until they expire",
  ),
  works("MQTT sink: at least once, committed behind the server's acknowledgements; a message that cannot be is the record's fault alone", [
    "records are messages, a record is done when the server has it, and a server that was away gets what it missed",
    "a sink's messages are all there over kill -9 of worker and broker, and mosquitto that stands still and is started again",
  ]),
  works("Redis: items of lists, each in Redis until its record is durable and once each over kill -9 of worker, broker and Redis", [
    "items of a list come once each and in order over restarts and Redis's own death, are let go of when they are durable, and not before",
    "what is durable and was not let go of does not come again, what is not comes, and that of a task that is no more, too",
    "npm run test:connect -- --only redis",
  ]),
  works("Redis: messages of channels and patterns, at most once; the sink's sets and sorted sets", [
    "messages of channels and patterns come while they are heard, and again once a lost server is back",
    "records are members of sets and sorted sets, and go with a record without a value",
  ]),
  partial(
    "Redis: streams read by a consumer group, an entry acknowledged when its record is durable, once each over restarts and Redis's own death",
    [
      "entries come once each over restarts and over Redis's own death, and are acknowledged",
      "an entry that is given out again behind the offset is known: it does not come again, and is acknowledged",
      "what a task that is no more was given and did not acknowledge is read in its name",
      "bytes that are no text fail the task and name stream, entry and field",
      "npm run test:connect -- --only redis",
    ],
    "no source of keys; bytes that are no text are refused; no Cluster, no Sentinel; under kill -9 of the worker not tried with the worker's transactions",
  ),
  partial(
    "Redis sink: streams, strings, hashes, lists, sets, sorted sets, pub/sub; a batch and its offsets in one transaction, each record once over kill -9 of worker, broker and Redis",
    [
      "records are strings, hashes, list items, entries and messages; what Redis refuses is the record's fault alone",
      "a sink has each record once over kill -9 of worker, broker and Redis",
      "a batch that comes again is written once, whoever brings it, and a task reads on behind what Redis has",
      "a login that is refused is told by its setting, and a wrong address",
    ],
    "no JSON, no time series; pub/sub is at most once for who does not listen; resetting offsets needs the hash deleted too; tried with appendfsync always",
  ),
  partial(
    "MongoDB sink (experimental): documents by id strategies and write strategies of its own connector, changes of Debezium and of change streams carried out; each record one document over kill -9 of worker, broker and server",
    [
      "a record that comes again has the _id that it had, and no other record has it",
      "a key is compared, never taken for an order to the server",
      "npm run test:connect -- --only mongodb",
    ],
    "tried on FerretDB over SQLite, since no MongoDB could be had: no replica set, no shards; no post-processors but projection, no time series",
  ),
  partial(
    "MongoDB source (experimental): change streams behind the last change, what is there copied and gone on with after a stop; JSON as its own connector writes it, or BSON",
    [
      "types that JSON lacks are written as the formatter has them",
      "a place is what its offset says, and no other offset is one",
      "npm run test:connect -- --only mongodb",
    ],
    "tried on mongo-java-server, which tells changes of single collections alone; a lost history and replica sets were not met; no schemas",
  ),
]);
