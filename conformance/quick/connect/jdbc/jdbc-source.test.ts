import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { jdbcSource } from "@ottla/connect/jdbc-source";
import { startInProcessWorker } from "@ottla/connect/worker";
import { startKafka } from "@ottla/testing";
import { configValues } from "../../../src/connect/postgres/source-config.ts";
import { SourceRuns } from "../../../src/connect/source-run.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../../src/process/temporary-folder.ts";
import { silentLogger } from "@ottla/base";

const folder = makeTemporaryFolder("jdbc-source");
after(() => removeTemporaryFolder(folder));
let count = 0;
const database = (sql: string): { readonly db: DatabaseSync; readonly url: string } => {
  const path = `${folder}/${++count}.db`;
  const db = new DatabaseSync(path);
  db.exec(sql);
  return { db, url: `jdbc:sqlite:${path}` };
};
const settings = (url: string, more: Record<string, string>): Record<string, string> => ({
  "connection.url": url,
  "topic.prefix": "db-",
  "poll.interval.ms": "5",
  ...more,
});
const values = (runs: SourceRuns): unknown[] => runs.events.map(({ value }) => ({ ...(value as object) }));
const source = (url: string, more: Record<string, string>): SourceRuns => new SourceRuns(jdbcSource, settings(url, more));
const check = (url: string, more: Record<string, string>): Promise<readonly string[]> =>
  jdbcSource.check!(configValues(jdbcSource.config, settings(url, more)), { signal: new AbortController().signal, log: silentLogger }).then(
    (findings) => findings.map(({ severity, message }) => `${severity}: ${message}`),
  );

test("rows with a larger number come once each, over stops in the middle of a page", async () => {
  const { db, url } = database("CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT NOT NULL, note TEXT)");
  const insert = db.prepare("INSERT INTO orders (item, note) VALUES (?, ?)");
  for (let n = 1; n <= 25; n++) insert.run(`i${n}`, n % 2 === 0 ? null : "x");
  const runs = source(url, { mode: "incrementing", "batch.max.rows": "10" });
  await runs.run({ items: 7 });
  await runs.run({ items: 12 });
  insert.run("late", null);
  await runs.run({ when: (events) => events.length >= 26 });
  assert.deepEqual(
    values(runs).map((row) => (row as { id: bigint }).id),
    Array.from({ length: 26 }, (_, n) => BigInt(n + 1)),
  );
  const [first] = runs.events;
  assert.equal(first?.topic, "db-orders");
  assert.deepEqual(
    first.valueSchema?.fields?.map(({ name, schema: { type, optional } }) => [name, type, optional]),
    [
      ["id", "int64", false],
      ["item", "string", false],
      ["note", "string", true],
    ],
  );
  assert.deepEqual([...runs.offsets], [[`{"protocol":"1","table":"main.orders"}`, { incrementing: 26 }]]);
});

test("rows of one time are told apart by the table's key, and a stop among them loses and repeats none", async () => {
  const { db, url } = database("CREATE TABLE t (name TEXT NOT NULL PRIMARY KEY, at TIMESTAMP NOT NULL)");
  for (const name of ["d", "a", "c", "b", "e"]) db.exec(`INSERT INTO t VALUES ('${name}', '2026-01-02 03:04:05')`);
  db.exec("INSERT INTO t VALUES ('z', '2026-01-02 03:04:04'), ('y', '2026-01-02 03:04:06.5')");
  const runs = source(url, { mode: "timestamp", "timestamp.column.name": "AT", "batch.max.rows": "2" });
  for (let run = 0; run < 3; run++) await runs.run({ items: 2 });
  await runs.run({ items: 1 });
  db.exec("UPDATE t SET at = '2026-01-02 03:04:07' WHERE name = 'a'");
  await runs.run({ items: 1 });
  assert.deepEqual(
    values(runs).map((row) => (row as { name: string }).name),
    ["z", "a", "b", "c", "d", "e", "y", "a"],
  );
  assert.deepEqual(runs.events.at(-1)?.offset, {
    timestamp: Date.UTC(2026, 0, 2, 3, 4, 7),
    timestamp_nanos: 0,
    timestamp_text: "2026-01-02 03:04:07",
    key: ["a"],
  });
});

test("keys of bytes tell rows of one time apart, also over a stop", async () => {
  const { db, url } = database("CREATE TABLE t (k BLOB NOT NULL PRIMARY KEY, n INT, at TIMESTAMP NOT NULL)");
  for (const [n, k] of ["ff00", "", "00", "00ff", "5c27"].entries()) db.exec(`INSERT INTO t VALUES (x'${k}', ${n}, '2026-01-02 03:04:05')`);
  const runs = source(url, { mode: "timestamp", "timestamp.column.name": "at", "batch.max.rows": "2" });
  for (let run = 0; run < 5; run++) await runs.run({ items: 1 });
  assert.deepEqual(
    values(runs).map((row) => (row as { n: bigint }).n),
    [1n, 2n, 3n, 4n, 0n],
  );
  assert.deepEqual(runs.events.at(-1)?.offset["key"], ["\\xff00"]);
});

test("without a key rows of one time come again after a stop among them, and none is lost", async () => {
  const { db, url } = database("CREATE TABLE t (n INTEGER, at TIMESTAMP NOT NULL)");
  for (let n = 0; n < 6; n++) db.exec(`INSERT INTO t VALUES (${n}, '2026-01-02 03:04:0${n < 2 ? 1 : 2}')`);
  const runs = source(url, { mode: "timestamp", "timestamp.column.name": "at" });
  await runs.run({ items: 4 });
  await runs.run({ items: 4 });
  assert.deepEqual(
    values(runs).map((row) => (row as { n: bigint }).n),
    [0n, 1n, 2n, 3n, 2n, 3n, 4n, 5n],
  );
});

test("exactly once is refused where rows of one time have nothing that tells them apart", async () => {
  const { db, url } = database(
    "CREATE TABLE keyless (n INTEGER, at TIMESTAMP NOT NULL); CREATE TABLE keyed (n INTEGER PRIMARY KEY, at TIMESTAMP NOT NULL)",
  );
  db.exec("INSERT INTO keyless VALUES (1, '2026-01-02 03:04:01')");
  const timed = { mode: "timestamp", "timestamp.column.name": "at", "exactly.once.support": "required" };
  assert.match(
    (await check(url, timed)).join(),
    /keyless has no primary key, and rows of one time would come twice.*needs a key, or an incrementing column/,
  );
  assert.deepEqual(await check(url, { ...timed, "table.whitelist": "keyed" }), []);
  // A task too, where nobody asked for a check: the table may have lost its key.
  await assert.rejects(source(url, { ...timed, "table.whitelist": "keyless" }).run({ items: 1 }), /keyless has no primary key/);
});

test("rows of this second wait until it is over, and rows of a writer that is open until it has ended", async () => {
  const { db, url } = database(
    "CREATE TABLE t (id INTEGER PRIMARY KEY, at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP); PRAGMA journal_mode=WAL",
  );
  db.exec("INSERT INTO t (id, at) VALUES (1, '2020-01-01 00:00:00')");
  db.exec("BEGIN IMMEDIATE; INSERT INTO t (id) VALUES (2)");
  const runs = source(url, { mode: "timestamp+incrementing", "incrementing.column.name": "id", "timestamp.column.name": "at" });
  const patience = new AbortController();
  setTimeout(() => patience.abort(), 150);
  await runs.run({ items: 1, signal: patience.signal });
  assert.equal(runs.events.length, 0);
  db.exec("COMMIT");
  await runs.run({ items: 2 });
  assert.deepEqual(
    values(runs).map((row) => (row as { id: bigint }).id),
    [1n, 2n],
  );
  assert.ok(Date.now() >= (runs.events[1]?.offset["timestamp"] as number) + 1000);
});

test("bulk brings everything at each poll, and after a restart not before its time", async () => {
  const { url } = database("CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1), (2), (3)");
  const runs = source(url, { mode: "bulk" });
  await runs.run({ items: 4 });
  assert.deepEqual(
    values(runs).map((row) => (row as { n: bigint }).n),
    [1n, 2n, 3n, 1n],
  );
  const slow = source(url, { mode: "bulk", "poll.interval.ms": "3600000" });
  await slow.run({ items: 2 });
  await slow.run({ items: 3 });
  const patience = new AbortController();
  setTimeout(() => patience.abort(), 60);
  await slow.run({ items: 1, signal: patience.signal });
  assert.deepEqual(slow.events.length, 5);
});

test("a query has a WHERE of its own and a suffix; tables are chosen by names and expressions", async () => {
  const { db, url } = database(
    "CREATE TABLE a (id INTEGER PRIMARY KEY, n INT); CREATE TABLE b (id INTEGER PRIMARY KEY); CREATE VIEW c AS SELECT * FROM a",
  );
  for (let n = 1; n < 8; n++) db.exec(`INSERT INTO a VALUES (${n}, ${n % 2}); INSERT INTO b VALUES (${n})`);
  const query = source(url, {
    mode: "incrementing",
    "incrementing.column.name": "id",
    query: "SELECT id, n FROM a WHERE n = 1;",
    "query.suffix": "LIMIT 3",
  });
  await query.run({ items: 4 });
  assert.deepEqual([query.events[0]?.topic, values(query).map((row) => (row as { id: bigint }).id)], ["db-", [1n, 3n, 5n, 7n]]);
  for (const [more, topics] of [
    [{ "table.whitelist": "a" }, ["db-a"]],
    [{ "table.blacklist": "main.a" }, ["db-b"]],
    [{ "table.include.list": "main\\.[ab]" }, ["db-a", "db-b"]],
    [{ "table.types": "VIEW", "incrementing.column.name": "id", "validate.non.null": "false" }, ["db-c"]],
  ] as const) {
    const runs = source(url, { mode: "incrementing", ...more });
    await runs.run({ items: 7 * topics.length });
    assert.deepEqual([...new Set(runs.events.map(({ topic }) => topic))], topics);
  }
});

test("a column that comes is in the next rows, a table that comes is read, and one that goes is left", async () => {
  const { db, url } = database("CREATE TABLE a (id INTEGER PRIMARY KEY); INSERT INTO a VALUES (1)");
  const runs = source(url, { mode: "incrementing", "table.poll.interval.ms": "5" });
  const steps = [
    () => db.exec("ALTER TABLE a ADD COLUMN note TEXT; INSERT INTO a VALUES (2, 'new')"),
    () => db.exec("CREATE TABLE b (id INTEGER PRIMARY KEY); INSERT INTO b VALUES (9)"),
    () => db.exec("DROP TABLE a; INSERT INTO b VALUES (10)"),
  ];
  await runs.run({
    when: () => {
      steps.shift()?.();
      return runs.events.length === 4;
    },
  });
  assert.deepEqual(values(runs), [{ id: 1n }, { id: 2n, note: "new" }, { id: 9n }, { id: 10n }]);
});

test("what settings cannot mean and values that are not what their column says are told by name, with what to do", async () => {
  const { db, url } = database(
    "CREATE TABLE t (id INTEGER PRIMARY KEY, at TIMESTAMP, flag BOOLEAN NOT NULL); CREATE TABLE none (x TEXT); INSERT INTO t VALUES (1, NULL, 'maybe')",
  );
  const only = { "table.whitelist": "t" };
  assert.match((await check(url, {})).join(), /mode is one of bulk/);
  assert.match((await check(url, { mode: "incrementing" })).join(), /main\.none has no column that the database counts up; name one/);
  assert.match(
    (await check(url, { mode: "incrementing", "incrementing.column.name": "nr", ...only })).join(),
    /main\.t has no column nr.*it has id, at, flag/,
  );
  assert.match(
    (await check(url, { mode: "timestamp", "timestamp.column.name": "at", ...only })).join(),
    /at may be null.*validate\.non\.null=false/,
  );
  assert.match((await check(url, { mode: "timestamp", "timestamp.column.name": "flag", ...only })).join(), /flag has no times/);
  assert.match((await check(url, { mode: "bulk", query: "SELECT 1", ...only })).join(), /query and table\.whitelist cannot both be set/);
  assert.match((await check(url, { mode: "bulk", "exactly.once.support": "required" })).join(), /brings rows twice/);
  assert.match((await check(url, { mode: "bulk", "table.include.list": "(" })).join(), /"\(" is no regular expression/);
  assert.match((await check(url, { mode: "bulk", "db.timezone": "Mars" })).join(), /no zone "Mars"/);
  assert.match((await check("jdbc:sqlite:/nowhere.db", { mode: "bulk" })).join(), /There is no file/);
  assert.match((await check("jdbc:oracle:x", { mode: "bulk" })).join(), /not with jdbc:oracle:/);
  for (const [wrong, message] of [
    ["jdbc:mariadb://h:99999/x", /port above 65535/],
    ["jdbc:postgresql://h:99999/x", /port above 65535/],
    ["jdbc:mariadb://h/%zz", /percent sign that stands for nothing/],
    ["jdbc:postgresql://h/%zz", /percent sign that stands for nothing/],
    ["jdbc:mariadb://u:hidden@h/x", /^error: connection\.url is of the form jdbc:mariadb:(?!.*hidden)/],
    ["jdbc:sqlite:", /names no file/],
  ] as const)
    assert.match((await check(wrong, { mode: "bulk" })).join(), message);
  for (const system of ["postgresql", "mariadb"]) {
    const nobody = configValues(jdbcSource.config, settings(`jdbc:${system}://127.0.0.1:1/x`, { mode: "bulk", "connection.user": "u" }));
    const context = { signal: new AbortController().signal, log: silentLogger };
    await assert.rejects(jdbcSource.split!(nobody, 4, context), {
      code: "CONNECT_SOURCE",
      message: /^The database cannot be reached: .*ECONNREFUSED/,
    });
  }
  assert.deepEqual(await check(url, { mode: "bulk", "table.whitelist": "t,none" }), []);
  await assert.rejects(source(url, { mode: "incrementing", ...only }).run({ items: 1 }), {
    code: "CONNECT_DATA",
    message: /The row of main\.t of number 1: At flag: the text "maybe" is not a boolean.*by a query/,
  });
  db.close();
});

test("values are what their columns say: exact numbers, times in their zone, bytes", async () => {
  const { url } = database(
    `CREATE TABLE t (id INTEGER PRIMARY KEY, price DECIMAL(10,2), whole NUMERIC(9), r REAL, b BLOB, d DATE, at DATETIME, ms TIMESTAMP, ok BOOLEAN);
     INSERT INTO t VALUES (9007199254740993, '12.50', 7, 1.5, x'00ff', '2026-03-29', '2026-03-29 03:30:00.25', 1700000000123, 1)`,
  );
  const read = async (more: Record<string, string>): Promise<unknown> => {
    const runs = source(url, { mode: "incrementing", ...more });
    await runs.run({ items: 1 });
    return values(runs)[0];
  };
  assert.deepEqual(await read({ "db.timezone": "Europe/Berlin" }), {
    id: 9007199254740993n,
    price: { unscaled: 1250n, scale: 2 },
    whole: { unscaled: 7n, scale: 0 },
    r: 1.5,
    b: new Uint8Array([0, 255]),
    d: new Date("2026-03-29"),
    at: new Date("2026-03-29T01:30:00.250Z"),
    ms: new Date(1700000000123),
    ok: true,
  });
  const other = (await read({ "numeric.mapping": "best_fit", "timestamp.granularity": "micros_long" })) as Record<string, unknown>;
  assert.deepEqual([other["price"], other["whole"], other["at"]], [12.5, 7, BigInt(Date.UTC(2026, 2, 29, 3, 30, 0, 250)) * 1000n]);
});

test("records have the keys that ValueToKey and ExtractField make of their columns", async () => {
  const { url } = database("CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT); INSERT INTO orders VALUES (7, 'tea'), (8, 'milk')");
  await using kafka = await startKafka({ topics: { "db-orders": 1 } });
  const worker = await startInProcessWorker({ client: kafka.client() });
  await worker.putConfig("orders", {
    ...settings(url, { mode: "incrementing" }),
    "connector.class": "io.confluent.connect.jdbc.JdbcSourceConnector",
    "key.converter": "string",
    "value.converter": "json",
    "value.converter.schemas.enable": "false",
    transforms: "key,id",
    "transforms.key.type": "org.apache.kafka.connect.transforms.ValueToKey",
    "transforms.key.fields": "id",
    "transforms.id.type": "org.apache.kafka.connect.transforms.ExtractField$Key",
    "transforms.id.field": "id",
  });
  const topic = kafka.topic("db-orders");
  await kafka.until("both rows are there", async () => (await topic.records()).length === 2);
  const records = await topic.records();
  assert.deepEqual(
    records.map(({ key, value }) => [String(key), JSON.parse(String(value))]),
    [
      ["7", { id: 7, item: "tea" }],
      ["8", { id: 8, item: "milk" }],
    ],
  );
  await worker.stop();
});
