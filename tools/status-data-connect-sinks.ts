import { area, type Feature, partial, works } from "./status-page.ts";

/** Sinks and sources of other systems. */
export const connectSinkFeatures: readonly Feature[] = area("Connect: S3, JDBC, HTTP, Elasticsearch, folders", [
  works("S3 sink: each record once by names and contents that the records decide, conditional writes, objects in parts", [
    "whatever dies and whatever the server answers, the objects have the topic's records, each once",
    "an object of other records is not replaced, and the error says whose it is",
    "a large file leaves in parts, and its object is there at once and whole",
  ]),
  works("S3 sink: folders by partition, fields and times; files end by count, by records' time, by clock and by schema", [
    "folders are made of fields and times, in the zone's own days",
    "files end where the records' time does, and where another schema begins",
  ]),
  partial(
    "S3 sink: Avro (read by avsc), JSON, bytes and Parquet (read by DuckDB)",
    ["npm run test:connect -- --only s3", "a value that cannot be written is reported alone, and the others are written"],
    "tried on a server of the tests' own, not on AWS",
  ),
  works(
    "S3 sink: keys, headers and tombstones in objects of their own, tags, Parquet's row groups in slices, files that end before their end costs too much",
    [
      "keys and headers stand in files beside the values', in the same order, and what has no value is a key in a folder of its own",
      "another schema of keys starts other files, and a tombstone is older than no time",
      "a group of Parquet's rows is encoded column by column, and others have their turn in between",
      "npm run test:connect -- --only s3",
    ],
  ),
  works("S3 sink: each record once over kill -9 of worker and broker, in processes of their own", ["npm run test:connect -- --only s3"]),
  partial(
    "two databases, S3, tables, Redis and their topics agree after worker, broker, databases and S3 died and settings changed meanwhile (`--minutes`, `--seed`)",
    ["npm run test:connect -- --only all-systems"],
    "short days alone so far; sinks read what is committed, as Apache's do only where isolation.level says so",
  ),
  partial(
    "HDFS sink through WebHDFS (experimental): the S3 sink's formats and folders, files by rename under their offsets, parts that HDFS joins, several name nodes",
    [
      "a file appears by a rename under the offsets of its first and last record, and what is committed is behind it",
      "a large file leaves in parts that become one, also where answers are lost",
      "a file of other records is not replaced, also where it ends elsewhere, and the error says how it differs",
      "a name node that stands by or is away is passed by, and a folder that HDFS has no name for is a bad record",
      "whatever dies and whatever HDFS answers, the files have the topic's records, each once",
      "npm run test:connect -- --only hdfs",
    ],
    "on Hadoop 3.4.1's own servers one day of kills; no Kerberos, one name node",
  ),
  works("JDBC source: exactly once is refused where it cannot be had: whole tables, times without a key", [
    "exactly once is refused where rows of one time have nothing that tells them apart",
  ]),
  partial(
    "JDBC sink for PostgreSQL, MariaDB, MySQL and SQLite: insert, upsert, update, delete, auto-create, auto-evolve; on request each record once by offsets in the database",
    ["npm run test:connect -- --only jdbc"],
    "arrays in PostgreSQL alone, no maps and nested structs; SQLite blocks the worker's thread while it works",
  ),
  partial(
    "JDBC source for PostgreSQL, MariaDB, MySQL and SQLite: bulk, incrementing, timestamp, both; tables and queries; exact values; each row once over stops in the middle, but for equal times without a key",
    [
      "rows with a larger number come once each, over stops in the middle of a page",
      "rows of one time are told apart by the table's key, and a stop among them loses and repeats none",
      "without a key rows of one time come again after a stop among them, and none is lost",
      "npm run test:connect -- --only jdbc",
    ],
    "deletions are never seen; keys of records by transforms alone; SQLite blocks the worker's thread while it works",
  ),
  works("JDBC source: rows of transactions that commit late are waited for, on PostgreSQL, MariaDB, MySQL and SQLite", [
    "rows of this second wait until it is over, and rows of a writer that is open until it has ended",
    "no transaction that is still open is held to be over, however it is described and whatever its thread did before",
    "npm run test:connect -- --only jdbc",
  ]),
  partial(
    "HTTP sink: URLs by what records have, batches, order by key, answers told apart by whose fault they are, Retry-After, basic, bearer, key, OAuth client credentials, TLS by files",
    [
      "a record is a request: its URL by what it has, its body JSON, a text or bytes, a deletion where it has no value",
      "whatever the server answers, each good record is taken once and in its key's order, and each bad one reported once",
      "a server that is away is waited for as long as it asks; one record's 500 has an end; a refused login is nobody's record",
      "who asks: basic, bearer, key, header, and tokens that are kept, end, and are asked for anew where they are not taken",
    ],
    "no proxies, no templates of bodies; at least once; TLS was not tried here",
  ),
  partial(
    "HTTP source: by number, last record, cursor, link, or whole answers by ETag; exact over stops within a page",
    [
      "each record comes once over stops anywhere and answers that fail, by number, by the last record, by cursor and by link",
      "an answer that is the same is read once, by its tag, its time or its bytes; one that changed is read whole",
      "whole numbers stay exact; keys and times are taken out; what cannot be read is told",
    ],
    "JSON alone; an answer is parsed at once",
  ),
  partial(
    "Elasticsearch and OpenSearch sink by _bulk: external versions, deletions, updates, data streams, each document's answer for itself",
    [
      "an index is what its topic says last, whatever the server answers and whatever comes again",
      "fields change by UPSERT, places are ids by key.ignore, data streams have each record once with its time",
      "fields change in their order though an earlier change waits",
      "what is no document, no id or no index is the record's fault; what the server or the settings refuse is told",
      "an index that takes no document at all is no fault of its records",
      "an index is what its topic says last, over handing over again, batches that are too large, and kill -9 of the server",
      "what the index cannot take is the record's fault, with what the server says of it",
      "an index that takes no writes for a while is waited for, and one that is closed says so",
    ],
    "tried on OpenSearch 2.19.1, Elasticsearch 7.10.2 (without data streams) and a server of the tests' own, not on Elasticsearch 8; one request at a time; makes no indices and mappings of its own",
  ),
  partial(
    "folder sources in spooldir's names: CSV with types, JSON lines, lines, whole files; each record once over stops, files leave when their records are durable",
    [
      "each line comes once over stops anywhere, in the files' order, and files leave when their last one is durable",
      "a row has the header's fields, typed, with quotes, ends of lines and nulls as they are meant",
      "a file that is not to be read stops the task with its line, or goes aside behind what was read of it",
      "a file that grows, is replaced, or comes again under the same name loses no line",
      "a whole file is a record; empty files leave; DELETE removes; what settings lack is told",
    ],
    "UTF-8 alone, one task; no key.schema and value.schema of theirs",
  ),
]);
