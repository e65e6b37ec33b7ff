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
    "replaying the topics gives the tables at every commit, over keys of every kind and charsets, with DDL, under kill -9 of worker and MariaDB",
    ["npm run test:connect -- --only mariadb"],
    "random days go through `read()` with a worker in memory; where a kill meets the first snapshot, right from its end on, and rows without a key come twice then",
  ),
  works(
    "envelopes, keys, types, places, GTIDs, tombstones and truncates equal to those of Debezium's connector 3.4.0 on the same MariaDB, but for times and what the connector's README lists",
    ["envelopes, keys, types, places and tombstones are those of Debezium's connector for MariaDB"],
  ),
  partial(
    "MySQL 8",
    ["a statement is what it begins with, whatever stands before it"],
    "by its files and positions, not by GTIDs; no binary JSON, no compressed transactions, both refused by name; no MySQL server could be had, so nothing of it was tried on one",
  ),
  absent(
    "incremental snapshots, signals, schema change topic, column masks; XA transactions before they are committed",
    "the connector's README lists what is not there yet",
  ),
]);
