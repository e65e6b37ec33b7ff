// Settings that Debezium and we are given alike, and what shows that they are kept.

export const RULED_SETTINGS: Readonly<Record<string, string>> = {
  "column.truncate.to.5.chars": "public.people.(cut.*)",
  "column.mask.with.7.chars": "public.people.masked.*, public.people.number, public.coded.*",
  "column.mask.with.0.chars": "public.people.emptied",
  "column.mask.hash.SHA-256.with.salt.CzQMA0cB5K": "public.people.hashed, public.people.hashed_short",
  "column.mask.hash.v2.SHA-256.with.salt.CzQMA0cB5K": "public.people.hashed2.*",
  "column.exclude.list": "public.people.secret,public.people.gone",
  "message.key.columns": "public.people:name,id;(.*).keyless:b",
  "skipped.operations": "u",
  "snapshot.select.statement.overrides": "public.chosen",
  "snapshot.select.statement.overrides.public.chosen": "SELECT * FROM public.chosen WHERE deleted = false ORDER BY id;",
};

/** Tables and rows that are there before. */
export const RULED_TABLES: readonly string[] = [
  "CREATE EXTENSION citext",
  "CREATE TYPE mood AS ENUM ('sad', 'ok')",
  "CREATE DOMAIN word AS varchar(12)",
  `CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, cut varchar(20), cut_text text, cut_char char(10), cut_ci citext, cut_word word, cut_json jsonb, cut_mood mood, cut_n int, cut_uuid uuid, cut_json2 json, cut_tags text[], masked_bytes bytea,
     masked text, masked_not_null varchar(30) NOT NULL, masked_uuid uuid, number int, emptied text, hashed text, hashed_short varchar(10), hashed2 text, hashed2_char char(8),
     secret text, gone text NOT NULL DEFAULT 'x')`,
  "ALTER TABLE people REPLICA IDENTITY FULL",
  "CREATE TABLE keyless (a int, b text NOT NULL)",
  "ALTER TABLE keyless REPLICA IDENTITY FULL",
  "CREATE TABLE coded (code text PRIMARY KEY, v text, w varchar(9) NOT NULL)",
  "INSERT INTO coded VALUES ('secret', NULL, 'w')",
  "CREATE TABLE chosen (id int PRIMARY KEY, deleted boolean NOT NULL, v text)",
  `INSERT INTO people VALUES (1, 'ann', 'abcdefghij', 'äöüßéàè', 'abcdefg', 'ABCDEFG', 'wordwords', '{"a": 123456}', 'sad', 5, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '[1, 2, 3]', '{abcdefgh}', '\\x01', 'm', 'mm', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 5, 'e', 'hash me', 'hash me', 'hash me', 'hash', 's', 'g')`,
  "INSERT INTO people (id, name, masked_not_null) VALUES (2, 'bob', '')",
  "INSERT INTO keyless VALUES (1, 'one'), (2, 'two')",
  "INSERT INTO chosen VALUES (1, false, 'a'), (2, true, 'b'), (3, false, 'c')",
];

/** Changes, each a transaction. */
export const RULED_CHANGES: readonly string[] = [
  `INSERT INTO people (id, name, masked_not_null, hashed, cut, cut_text) VALUES (3, 'eve', 'zz', 'ö😀' || chr(1) || '中', 'abc', 'ab😀😀😀😀')`,
  "INSERT INTO people (id, name, masked_not_null, hashed, hashed2) VALUES (4, 'long', 'zz', repeat('x', 70000), repeat('x', 70000))",
  "UPDATE people SET cut = 'changed' WHERE id = 1",
  "UPDATE people SET name = 'anna' WHERE id = 1",
  "DELETE FROM people WHERE id = 3",
  "INSERT INTO keyless VALUES (3, 'three')",
  "DELETE FROM keyless WHERE a = 1",
  "UPDATE coded SET code = 'other'",
  "DELETE FROM coded",
  "INSERT INTO chosen VALUES (4, true, 'd')",
  "TRUNCATE keyless",
  "INSERT INTO chosen VALUES (5, true, 'the end')",
];

/** Tables and rows that are there before; the signals' own is not captured. */
export const SIGNALLED_TABLES: readonly string[] = [
  "CREATE TABLE signals (id varchar(42) PRIMARY KEY, type varchar(32) NOT NULL, data varchar(2048))",
  "CREATE TABLE first (id int PRIMARY KEY, v text)",
  "CREATE TABLE second (a text, b int, v numeric(5,2), PRIMARY KEY (b, a))",
  "CREATE TABLE bag (n int NOT NULL, v text)",
  "ALTER TABLE bag REPLICA IDENTITY FULL",
  "CREATE TABLE ended (id int PRIMARY KEY)",
  "INSERT INTO first SELECT g, 'v' || g FROM generate_series(1, 10) g",
  "INSERT INTO second SELECT chr(96 + g), g / 3, g FROM generate_series(1, 8) g",
  "INSERT INTO bag SELECT g, 'v' || g FROM generate_series(1, 7) g",
  "INSERT INTO ended VALUES (1)",
];

const asked = (id: string, type: string, data: unknown): string =>
  `INSERT INTO signals VALUES ('${id}', '${type}', '${JSON.stringify(data).replaceAll("'", "''")}')`;

/** Signals, each a transaction. */
export const SIGNALLED_CHANGES: readonly string[] = [
  asked("nonsense", "no-such-thing", {}),
  asked("log", "log", { message: "here at {}" }),
  asked("whole", "execute-snapshot", { "data-collections": ["public.first"], type: "incremental" }),
  asked("pattern", "execute-snapshot", { "data-collections": ["public.sec.*"], type: "INCREMENTAL" }),
  asked("some", "execute-snapshot", {
    "data-collections": ["public.first", "public.second"],
    type: "incremental",
    "additional-conditions": [{ "data-collection": "public.first", filter: "id > 6 AND v <> 'v8'" }],
  }),
  asked("keyless", "execute-snapshot", { "data-collections": ["public.bag"], type: "incremental" }),
  asked("surrogate", "execute-snapshot", { "data-collections": ["public.bag"], type: "incremental", "surrogate-key": "n" }),
  asked("end", "execute-snapshot", { "data-collections": ["public.ended"], type: "incremental" }),
];
