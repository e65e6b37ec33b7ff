import { absent, area, type Feature, partial, works } from "./status-page.ts";

/** Change data capture from PostgreSQL. */
export const connectPostgresFeatures: readonly Feature[] = area("Connect: PostgreSQL", [
  works("pgoutput read by own code, protocol 1 to 4, as a server sent it", [
    "a message that is cut anywhere, or too long, is refused and not misread",
    "within a stream each message says of which transaction it is, and a part of one may be taken back",
  ]),
  works(
    "values exact: decimals, microseconds, years BC and beyond 9999, infinity, arrays, enums, domains, bits, money, intervals, hstore",
    [
      "what has no exact form is refused with the way out",
      "every day of 12,000 years is the one that JavaScript counts, every microsecond is kept",
    ],
  ),
  works(
    "envelopes, keys, types, tombstones, truncates and messages equal to Debezium 3.3.1's on the same server, but for times and ids and what the connector's README lists",
    ["envelopes, keys, types and tombstones are Debezium's"],
  ),
  partial(
    "replaying the topics gives the tables at every commit, over all replica identities, with DDL, under kill -9 of worker and database",
    ["npm run test:connect -- --only postgres-bad-days --days 20", "the last change comes"],
    "random days go through `read()` with a worker in memory; where a kill meets the first snapshot, right from its end on, and rows without a key come twice then",
  ),
  works(
    "a worker of its own process that is killed (SIGKILL) among the rows that are there, behind the last of them, among changes and around commits: each row and each change once",
    [
      "npm run test:connect -- --only postgres-kills",
      "a worker that is killed in each phase loses no row and no change of PostgreSQL's, and brings none twice",
    ],
  ),
  works("a standby without the slot that takes a dead primary's place: refused with what to do; by when_needed everything is read anew", [
    "npm run test:connect -- --only postgres-failover",
    "behind a failover without the slot the task fails with what to do, and with snapshot.mode when_needed reads everything anew",
  ]),
  partial(
    "signals by table; incremental snapshots in chunks beside the log: a row that is read is what the log has made of it, resumed behind the last durable row",
    [
      "npm run test:connect -- --only postgres-bad-days --days 20",
      "rows that changed before or behind the reading of the chunk are left to the log, the others stay in order",
      "a chunk is stale where the log describes another table, before the rows come or behind, and where the table is emptied",
      "a transaction that the log showed and a query did not see is found, one that came later is not",
      "rows of tables that are emptied and change their form meanwhile are read as the log has them",
    ],
    "blocking snapshots and the channels file, jmx and in-process are absent",
  ),
  works("through a worker onto a broker: rows and changes once each over a restart, a quiet table's slot follows a busy log", [
    "rows that are there and changes behind them, each once over a restart",
    "a quiet table's slot follows a busy log, and what it says is durable",
  ]),
  works(
    "a slot that PostgreSQL makes while tables change is made again, so that no row lacks a new column; what it cannot decode fails the task after three tries with what to do, or is read anew (`when_needed`)",
    [
      "npm run test:connect -- --only slot-beside-ddl",
      "a column that came meanwhile is in the next row",
      "what PostgreSQL cannot decode fails the task after a few tries, with what to do",
      "with snapshot.mode when_needed the slot is made anew and the tables are read",
    ],
  ),
  works("a slot that was made anew, a failover that lost what was read, another cluster: refused with what to do", [
    "the slot was made anew",
    "a standby was promoted that lacked what was read",
  ]),
  works(
    "columns cut, masked, hashed (both versions) and left out, message.key.columns, skipped.operations, snapshot.select.statement.overrides: equal to Debezium 3.3.1's",
    ["columns that are cut, masked, hashed and left out, keys that are chosen and rows that are chosen are Debezium's"],
  ),
  works("rows that execute-snapshot asks for, with conditions and surrogate key: the same records in the same order as Debezium 3.3.1's", [
    "rows that signals ask for are Debezium's",
  ]),
  works("signals by a topic, once each over a restart; a dead reader that the server takes for alive is ended by who it is", [
    "a signal of a topic has its table read once, over a restart as well, and other connectors' signals are none of ours",
    "a reader of this connector that is dead but not seen to be is ended, and its slot read on",
  ]),
  partial(
    "records per second of CPU beside Debezium 3.3.1's engine on the same database, rows and changes",
    ["npm run bench -- connect --only cdc"],
    "measured on a machine that was busy with other work: 50,000 changes a second were seen in one round of two, into a pipe; from a running pgbench into a broker they are not shown, nor 250 ms at half of it (`npm run bench -- connect --only cdc-load,cdc-latency`); the snapshot of 10 million rows has flat memory (`--only cdc-large`), Debezium was not given so many",
  ),
  absent(
    "snapshot.mode configuration_based and custom, blocking snapshots, reading from a standby",
    "the connector's README lists what is not there yet",
  ),
]);
