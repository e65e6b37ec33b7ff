import { absent, area, type Feature, partial, works } from "./status-page.ts";

/** Change data capture from MariaDB and MySQL. */
export const connectMariadbFeatures: readonly Feature[] = area("Connect: MariaDB, MySQL", [
  works("the binlog read by own code, as a MariaDB 10.11 wrote it: every type exact, checksums, compressed rows and columns", [
    "rows of every type are what was written",
    "an event that is damaged or cut is refused and not misread",
    "decimals of every precision and scale are exact",
    "moments are theirs to the microsecond, over all the years",
  ]),
  works("a restart behind any record of a transaction brings the rest, each once, on the same server and on another one", [
    "a restart behind any record brings the rest, each once, on the same server and on another one",
    "a transaction that the server never committed is left out",
  ]),
  works(
    "through a worker onto a broker: rows and changes once each over a restart; a dry run names settings, privileges and tables that will not do",
    [
      "rows that are there and changes behind them, each once over a restart, by both of Debezium's names",
      "a dry run names what is missing and what would be read",
    ],
  ),
  works("purged or reset binlogs, another server, a server id that two have: refused with what to do", [
    "places of another server are refused, unless they are GTIDs",
    "binlogs that were reset are seen by the file in which the server begins",
    "binlogs that were reset fail the task with what to do, though the server has such GTIDs again",
    "what the server says of a dump is told with the remedy",
  ]),
  partial(
    "replaying the topics gives the tables at every commit, over keys of every kind and charsets, with DDL, under kill -9 of worker and MariaDB or MySQL",
    ["npm run test:connect -- --only mariadb"],
    "random days go through `read()` with a worker in memory; where a kill meets the first snapshot, right from its end on, and rows without a key come twice then",
  ),
  works(
    "envelopes, keys, types, places, GTIDs, tombstones and truncates equal to those of Debezium's connector 3.4.0 on the same MariaDB, but for times and what the connector's README lists",
    ["envelopes, keys, types, places and tombstones are those of Debezium's connector for MariaDB"],
  ),
  works(
    "a replica that takes the place of a server that died is gone on with by GTID, with nothing lost and nothing twice, on MariaDB and MySQL",
    [
      "reading goes on at the place that was reached, in files of other names",
      "of transactions that the new server never had, that is said",
      "any transactions in any order are the set of them",
    ],
  ),
  works("each row is as its table was when it was written, whatever DDL stands between, read at once or when the catalog is far ahead", [
    "each row is as its table was, read at once and read late",
  ]),
  works(
    "a statement that stands in the binlog in place of rows is told of in every form, and a table is known to be emptied however that is said",
    [
      "a change of rows that comes as its statement is told of in every form",
      "a table is known to be emptied however that is said",
      "a statement is what it begins with, whatever stands before it",
    ],
  ),
  works(
    "transactions wait as bytes within a bound and become records as they are taken; events that are cut or say sizes that nobody has are refused",
    [
      "a transaction waits as its bytes, and becomes records no faster than these are taken",
      "of a transaction that is too large to wait records are handed on before its end, and then its end has to come",
      "an event that is cut at any byte, with a checksum that fits, is refused or is another whole one",
      "lengths that nobody has are refused before anything is made for them",
      "a transaction that was begun, handed on in part and never ended is an error; one of which nothing was handed on is left out",
      "a document whose places all name the same bytes is refused before they are written out again and again",
    ],
  ),
  works("documents of MySQL's JSON are the server's own texts, to the letter", [
    "a document is the text that the server makes of it",
    "a document is the text that the server makes of it, by the binlog as by a snapshot",
    "a document whose parts name each other costs no more than its size",
  ]),
  partial(
    "MySQL 8",
    [
      "envelopes, keys, types, places and tombstones are those of Debezium's connector for MySQL",
      "whether a YEAR has a sign of its own is told by the server's version, where it can be by how many there are",
      "transactions that came compressed are what they are without",
      "npm run test:connect -- --only mariadb",
    ],
    "tried on 8.0.12, the one that could be had; compressed transactions (8.0.20) are read as documented and were never seen from a server; partial JSON updates and tagged GTIDs (8.3) are refused by name",
  ),
  absent(
    "incremental snapshots, signals, schema change topic, column masks; XA transactions before they are committed",
    "the connector's README lists what is not there yet",
  ),
]);
