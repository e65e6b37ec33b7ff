// The JDBC source on MariaDB: what is read while others write, exact values, and through a worker over kills.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@ottla/base";
import { silentLogger } from "@ottla/base";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { jdbcSource } from "@ottla/connect/jdbc-source";
import mysql from "mysql2/promise";
import { startMariadb } from "../../process/mariadb.ts";
import { startMysql } from "../../process/mysql.ts";
import type { RunningSqlServer } from "../../process/sql-server.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { configValues } from "../postgres/source-config.ts";
import { SourceRuns } from "../source-run.ts";
import { liveThroughCountedRows } from "./counted-rows-day.ts";

for (const kind of ["MariaDB", "MySQL"] as const)
  describe(kind, () => {
    const isMysql = kind === "MySQL";
    /** A table of the numbers `seq`. */
    const numbers = (from: number, to: number): string =>
      isMysql
        ? `(WITH RECURSIVE counted (seq) AS (SELECT ${from} UNION ALL SELECT seq + 1 FROM counted WHERE seq < ${to}) SELECT seq FROM counted) AS numbers`
        : `seq_${from}_to_${to}`;
    let server: RunningSqlServer;
    before(async () => {
      server = await (kind === "MySQL" ? startMysql : startMariadb)(["--server-id=1", "--sql-mode=NO_ENGINE_SUBSTITUTION"]);
      const client = await mysql.createConnection(server.connection);
      for (const name of ["shop", "other"]) await client.query(`CREATE DATABASE ${name}`);
      client.destroy();
    });
    after(() => server.stop());

    async function connected(): Promise<mysql.Connection> {
      const client = await mysql.createConnection({ ...server.connection, multipleStatements: true, timezone: "Z" });
      client.on("error", () => {});
      await client.query(`SET time_zone = '+00:00'; USE shop${isMysql ? "; SET cte_max_recursion_depth = 1000000" : ""}`);
      return client;
    }
    async function ask(sql: string): Promise<Record<string, unknown>[]> {
      const client = await connected();
      try {
        const [rows] = await client.query(sql);
        return rows as Record<string, unknown>[];
      } finally {
        client.destroy();
      }
    }
    const url = (more = ""): string => `jdbc:${kind.toLowerCase()}://127.0.0.1:${server.connection.port}/shop?user=root${more}`;
    const settings = (more: Record<string, string>): Record<string, string> => ({
      "connection.url": url(),
      "topic.prefix": "",
      "poll.interval.ms": "10",
      ...more,
    });
    const source = (more: Record<string, string>): SourceRuns => new SourceRuns(jdbcSource, settings(more));
    const rows = ({ events }: SourceRuns): Record<string, unknown>[] => events.map(({ value }) => value as Record<string, unknown>);
    const check = (more: Record<string, string>, log: Logger = silentLogger): Promise<string> =>
      jdbcSource.check!(configValues(jdbcSource.config, settings(more)), { signal: new AbortController().signal, log }).then((findings) =>
        findings.map(({ severity, message }) => `${severity}: ${message}`).join("\n"),
      );

    test("whatever transactions overlap and commit late, each row comes once by its number, and by its time the table is the log's end", async (t) => {
      const seed = testSeed();
      t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
      const random = new SeededRandom(seed);
      await ask(
        "CREATE TABLE shop.events (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, n INT NOT NULL, at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), KEY (at, id))",
      );
      let written = 0;
      let isOver = false;
      const writer = async (): Promise<void> => {
        const client = await connected();
        while (written < 400) {
          try {
            await client.query("BEGIN");
            await sleep(random.nextInt(12));
            for (let row = random.nextInt(4); row >= 0; row--) {
              // Of one statement the time is its beginning's, however long it takes.
              const slow = random.nextInt(4) === 0 ? ` + SLEEP(${random.nextInt(30) / 1000})` : "";
              await client.query(`INSERT INTO shop.events (n) SELECT ${written++}${slow}`);
              await sleep(random.nextInt(12));
            }
            await client.query(
              `UPDATE shop.events SET n = n + 1000, at = CURRENT_TIMESTAMP(6) WHERE id = ${1 + random.nextInt(Math.max(1, written))}`,
            );
            await client.query(random.nextInt(5) === 0 ? "ROLLBACK" : "COMMIT");
          } catch (error) {
            if ((error as { errno?: number }).errno !== 1213) throw error;
          }
        }
        await client.end();
      };
      const writers = Promise.all([writer(), writer(), writer(), writer()]).then(() => (isOver = true));
      const numbers = source({ mode: "incrementing", "table.whitelist": "events", "batch.max.rows": "7" });
      const both = source({
        mode: "timestamp+incrementing",
        "table.whitelist": "shop.events",
        "timestamp.column.name": "at",
        "incrementing.column.name": "id",
      });
      const byTime = source({ mode: "timestamp", "table.whitelist": "`shop`.`events`", "timestamp.column.name": "at" });
      const all = () => ask("SELECT CAST(id AS CHAR) AS id, n FROM shop.events ORDER BY events.id");
      /** Whether a reader has each row, and as it is now where it follows changes. */
      const isDone = async (runs: SourceRuns): Promise<boolean> => {
        const last = new Map(rows(runs).map(({ id, n }) => [String(id), n]));
        return (await all()).every(({ id, n }) => last.has(String(id)) && (runs === numbers || last.get(String(id)) === n));
      };
      const follow = async (runs: SourceRuns): Promise<void> => {
        while (!isOver) await runs.run({ items: 1 + random.nextInt(60), signal: AbortSignal.timeout(400 + random.nextInt(600)) });
        for (let tries = 0; tries < 60 && !(await isDone(runs)); tries++) await runs.run({ signal: AbortSignal.timeout(1000) });
        await runs.run({ signal: AbortSignal.timeout(500) });
      };
      await Promise.all([writers, follow(numbers), follow(both), follow(byTime)]);
      const table = await all();
      assert.deepEqual(
        rows(numbers).map(({ id }) => String(id)),
        table.map(({ id }) => id),
      );
      for (const runs of [both, byTime]) {
        const last = new Map(rows(runs).map(({ id, n }) => [String(id), n]));
        assert.deepEqual(
          table.map(({ id }) => [id, last.get(id as string)]),
          table.map(({ id, n }) => [id, n]),
        );
        const versions = rows(runs).map(({ id, n, at }) => `${String(id)} ${String(n)} ${(at as Date).getTime()}`);
        assert.equal(new Set(versions).size, versions.length, "nothing comes twice");
      }
    });

    test("prepared and long transactions, and a statement that waits for a lock, hold reading back; told to ignore them, their rows are lost", async () => {
      await ask("CREATE TABLE shop.slow (id INT AUTO_INCREMENT PRIMARY KEY, at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3))");
      const [client, reader] = [await connected(), await connected()];
      await client.query("XA START 'late'; INSERT INTO shop.slow VALUES (); XA END 'late'; XA PREPARE 'late'");
      client.destroy();
      await ask("INSERT INTO shop.slow VALUES ()");
      const waiting = source({ mode: "incrementing", "table.whitelist": "slow" });
      await waiting.run({ items: 1, signal: AbortSignal.timeout(700) });
      assert.deepEqual(rows(waiting), []);
      const careless = source({ mode: "incrementing", "table.whitelist": "slow", "ottla.open.transactions": "ignore" });
      await careless.run({ items: 1 });
      await ask("XA COMMIT 'late'; INSERT INTO shop.slow VALUES ()");
      await waiting.run({ items: 3 });
      await careless.run({ items: 1 });
      assert.deepEqual(
        [rows(waiting), rows(careless)].map((all) => all.map(({ id }) => id)),
        [
          [1, 2, 3],
          [2, 3],
        ],
      );
      // A statement's NOW() is of its beginning: this one begins, waits, and is in no transaction meanwhile. Who only reads, and who may only read, is not waited for.
      await ask("CREATE TABLE shop.locked LIKE shop.slow");
      const [holder, writer] = [await connected(), await connected()];
      await reader.query("START TRANSACTION READ ONLY; SELECT * FROM shop.slow");
      await holder.query("LOCK TABLES shop.locked READ");
      const byTime = source({ mode: "timestamp", "table.include.list": "shop\\.locked", "timestamp.column.name": "at" });
      const inserted = writer.query("INSERT INTO shop.locked VALUES ()");
      await waitUntil("the statement waits", async () => {
        const [state] = await ask("SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for table%'");
        return Number(state?.["n"]) === 1;
      });
      await byTime.run({ items: 1, signal: AbortSignal.timeout(800) });
      await holder.query("UNLOCK TABLES");
      await inserted;
      await ask("INSERT INTO shop.locked VALUES ()");
      await byTime.run({ items: 2 });
      assert.deepEqual(
        rows(byTime).map(({ id }) => id),
        [1, 2],
      );
      for (const each of [holder, writer, reader]) each.destroy();
    });

    test("without the privilege to see others that is said once, by the check and by the task, and rows are read all the same", async () => {
      await ask(
        "CREATE USER poor IDENTIFIED BY 'p'; GRANT SELECT ON shop.* TO poor; CREATE TABLE shop.seen (id INT AUTO_INCREMENT PRIMARY KEY); INSERT INTO shop.seen VALUES (1), (2)",
      );
      const poor = {
        "connection.url": url().replace("user=root", "x=1"),
        "connection.user": "poor",
        "connection.password": "p",
        mode: "incrementing",
        "table.whitelist": "seen",
      };
      assert.match(await check(poor), /^warning: This user may not see the transactions of others.*GRANT PROCESS ON \*\.\* to it.*\.$/);
      assert.equal(await check({ ...poor, "ottla.open.transactions": "ignore" }), "");
      assert.equal(await check({ mode: "incrementing", "table.whitelist": "seen" }), "");
      const runs = source(poor);
      await runs.run({ items: 2 });
      assert.deepEqual(rows(runs), [{ id: 1 }, { id: 2 }]);
      assert.match(await check({ ...poor, "connection.password": "wrong" }), /cannot be reached: Access denied/);
    });

    test("values are exact, and what no value of Connect is is named with its row and what to do", async () => {
      await ask(`SET time_zone = '+02:00'; CREATE TABLE shop.kinds (
      id INT PRIMARY KEY, t TINYINT, tu TINYINT UNSIGNED, b1 TINYINT(1), su SMALLINT UNSIGNED, m MEDIUMINT, iu INT UNSIGNED ZEROFILL, l BIGINT, lu BIGINT UNSIGNED,
      d DECIMAL(30,10), du DECIMAL(5,0) UNSIGNED, f FLOAT, dd DOUBLE, bit1 BIT, bit9 BIT(9), y YEAR, da DATE, ti TIME(6), dt DATETIME(6), d0 DATETIME, ts TIMESTAMP(3) NULL,
      c CHAR(5), v VARCHAR(20) CHARACTER SET latin1, u VARCHAR(20) CHARACTER SET utf8mb4, tx TEXT CHARACTER SET ucs2, bi BINARY(4), bl BLOB, e ENUM('a','b,c'), s SET('x','y'), j JSON, uu ${isMysql ? "CHAR(36)" : "UUID"}, g POINT);
    INSERT INTO shop.kinds VALUES (1, -128, 255, 2, 65535, -8388608, 42, -9223372036854775808, 9223372036854775807, 12345678901234567890.0123456789, 99999,
      0.1, 0.1, b'1', b'100000001', 2026, '0999-01-02', '23:59:59.999999', '2026-03-29 03:30:00.123456', '2026-07-01 12:00:00', '2026-07-01 12:00:00.5',
      'ab', 'grün', '🚲 ü', 'Ωß', x'00ff', x'00ff5c27', 'b,c', 'x,y', '{"a": 1}', '0e37df36-f698-11e6-8dd4-cb9ced3df976', POINT(1, 2))`);
      const read = async (more: Record<string, string>): Promise<Record<string, unknown>> => {
        const runs = source({ mode: "bulk", "table.whitelist": "kinds", ...more });
        await runs.run({ items: 1 });
        return { ...rows(runs)[0] };
      };
      const decimal = (unscaled: bigint, scale: number) => ({ unscaled, scale });
      assert.deepEqual(await read({ "db.timezone": "Europe/Berlin" }), {
        ...{ id: 1, t: -128, tu: 255, b1: 2, su: 65535, m: -8388608, iu: 42n, l: -(2n ** 63n), lu: 2n ** 63n - 1n },
        ...{ d: decimal(123456789012345678900123456789n, 10), du: decimal(99999n, 0), f: Math.fround(0.1), dd: 0.1 },
        ...{ bit1: true, bit9: Buffer.from([1, 1]), y: 2026, da: new Date("0999-01-02"), ti: new Date("1970-01-01T23:59:59.999Z") },
        ...{ dt: new Date("2026-03-29T01:30:00.123Z"), d0: new Date("2026-07-01T10:00:00Z"), ts: new Date("2026-07-01T10:00:00.500Z") },
        ...{ c: "ab", v: "grün", u: "🚲 ü", tx: "Ωß", bi: Buffer.from([0, 255, 0, 0]), bl: Buffer.from([0, 255, 92, 39]) },
        ...{ e: "b,c", s: "x,y", j: '{"a": 1}', uu: "0e37df36-f698-11e6-8dd4-cb9ced3df976" },
        g: Buffer.from("000000000101000000000000000000f03f0000000000000040", "hex"),
      });
      const other = await read({
        "numeric.mapping": "best_fit",
        "timestamp.granularity": "micros_iso_datetime_string",
        "bigint.unsigned.handling.mode": "precise",
      });
      assert.deepEqual([other["du"], other["dt"], other["lu"]], [99999, "2026-03-29T03:30:00.123456Z", decimal(2n ** 63n - 1n, 0)]);
      await ask(
        "CREATE TABLE shop.odd (id INT PRIMARY KEY, lu BIGINT UNSIGNED, at DATETIME NOT NULL, ti TIME); INSERT INTO shop.odd VALUES (7, 18446744073709551615, '0000-00-00 00:00:00', '25:00:00')",
      );
      const odd = (columns: string, more: Record<string, string> = {}): SourceRuns =>
        source({ mode: "incrementing", "incrementing.column.name": "id", query: `SELECT id, ${columns} FROM odd`, ...more });
      for (const [columns, message] of [
        [
          "lu",
          /The row of the query of number 7: At lu: 18446744073709551615 is more than an int64 has; bigint\.unsigned\.handling\.mode=precise/,
        ],
        ["at", /of number 7: At at: the text "0000-00-00 00:00:00" is a date that no calendar has; zeroDateTimeBehavior=CONVERT_TO_NULL/],
        ["ti", /of number 7: At ti: the text "25:00:00" is no time of a day.*CAST it to CHAR/],
      ] as const)
        await assert.rejects(odd(columns).run({ items: 1 }), { code: "CONNECT_DATA", message });
      const mended = odd("lu, at, CAST(ti AS CHAR) AS ti", {
        "bigint.unsigned.handling.mode": "precise",
        "connection.url": url("&zeroDateTimeBehavior=CONVERT_TO_NULL"),
      });
      await mended.run({ items: 1 });
      assert.deepEqual(rows(mended), [{ id: 7, lu: decimal(18446744073709551615n, 0), at: null, ti: "25:00:00" }]);
      const table = source({ mode: "bulk", "table.whitelist": "odd", "connection.url": url("&zeroDateTimeBehavior=convertToNull") });
      await assert.rejects(table.run({ items: 1 }), /At lu/);
      await assert.rejects(
        source({ mode: "timestamp", "table.whitelist": "odd", "timestamp.column.name": "at" }).run({ items: 1 }),
        /0000-00-00 00:00:00.*timestamp\.initial leaves/s,
      );
    });

    test("rows of one time are told apart by keys of every type, over stops among them", async () => {
      const keys: Readonly<Record<string, readonly [type: string, values: readonly string[]]>> = {
        numbers: ["BIGINT UNSIGNED", ["9007199254740993", "9007199254740992", "18446744073709551615", "0"]],
        decimals: ["DECIMAL(30,2)", ["12345678901234567890.02", "12345678901234567890.01", "-1", "0.5"]],
        floats: ["FLOAT", ["0.1", "0.2", "-3.4e38", "1e-10"]],
        doubles: ["DOUBLE", ["0.1", "0.2", "-1.5e300", "1e-10"]],
        texts: ["VARCHAR(20) COLLATE utf8mb4_general_ci", ["'it''s'", "'Ärger'", "'b\\\\'", "''"]],
        latins: ["VARCHAR(20) CHARACTER SET latin1", ["'ü'", "'z'", "'A'", "''"]],
        bytes: ["VARBINARY(20)", ["x'00'", "x'00ff'", "x'5c27'", "''"]],
        enums: ["ENUM('z','a','m','b')", ["'z'", "'a'", "'m'", "'b'"]],
        sets: ["SET('z','a')", ["''", "'z'", "'a'", "'z,a'"]],
        bits: ["BIT(64)", ["b'0'", "x'ffffffffffffffff'", "x'8000000000000000'", "b'1'"]],
        days: ["DATE", ["'2026-01-02'", "'0999-01-01'", "'9999-12-31'", "'2026-01-01'"]],
        times: ["DATETIME(6)", ["'2026-01-02 03:04:05.000001'", "'2026-01-02 03:04:05'", "'1000-01-01'", "'9999-12-31'"]],
        zoned: ["TIMESTAMP(6)", ["'2026-01-02 03:04:05.000001'", "'2026-01-02 03:04:05'", "'1970-01-01 00:00:01'", "'2038-01-01'"]],
        hours: ["TIME(3)", ["'-838:59:59'", "'838:59:59'", "'00:00:00.001'", "'00:00:00'"]],
        years: ["YEAR", ["2026", "1999", "0", "2155"]],
        ...(!isMysql && { uuids: ["UUID", ["UUID()", "UUID()", "UUID()", "'0e37df36-f698-11e6-8dd4-cb9ced3df976'"]] as const }),
      };
      for (const [name, [type, values]] of Object.entries(keys)) {
        await ask(
          `CREATE TABLE shop.k_${name} (n INT NOT NULL, k ${type} NOT NULL, at DATETIME(6) NOT NULL, PRIMARY KEY (k)); INSERT INTO shop.k_${name} VALUES ${values
            .map((value, n) => `(${n}, ${value}, '2026-01-02 03:04:05.000006')`)
            .join(", ")}`,
        );
        const runs = source({
          mode: "timestamp",
          "bigint.unsigned.handling.mode": "precise",
          "table.whitelist": `k_${name}`,
          "timestamp.column.name": "at",
          "batch.max.rows": "2",
        });
        // What no value of Connect is stays in the key alone.
        const isOdd = name === "hours";
        if (isOdd) {
          await assert.rejects(runs.run({ items: 4 }), /no time of a day/);
          continue;
        }
        for (let run = 0; run < 4; run++) await runs.run({ items: 1 });
        const order = await ask(
          `SELECT n FROM shop.k_${name} ORDER BY ${name === "enums" || name === "sets" ? "CAST(k AS CHAR) COLLATE utf8mb4_bin" : "k"}`,
        );
        assert.deepEqual(
          rows(runs).map(({ n }) => n),
          order.map(({ n }) => n),
          `keys of ${type}`,
        );
      }
    });

    test("names with backticks and quotes, views, other databases, queries with their own quotes, bulk, equal times without a key, zones", async () => {
      await ask(
        'CREATE TABLE other.`T``x "y` (`I``d` INT AUTO_INCREMENT PRIMARY KEY, `at "` TIMESTAMP NOT NULL); INSERT INTO other.`T``x "y` VALUES (1, NOW() - INTERVAL 1 HOUR)',
      );
      const odd = source({
        mode: "timestamp+incrementing",
        "timestamp.column.name": 'at "',
        "incrementing.column.name": "i`D",
        "catalog.pattern": "oth%",
      });
      await odd.run({ items: 1 });
      assert.deepEqual([odd.events[0]?.topic, [...odd.offsets.keys()]], ['T`x "y', ['{"protocol":"1","table":"other.T`x \\"y"}']]);
      await ask(
        "CREATE TABLE shop.base (id INT AUTO_INCREMENT PRIMARY KEY, state VARCHAR(9)); CREATE VIEW shop.seen_view AS SELECT id, state FROM shop.base; INSERT INTO shop.base (state) VALUES ('open'), ('done'), ('open')",
      );
      const view = source({ mode: "incrementing", "table.types": "VIEW", "incrementing.column.name": "id" });
      await view.run({ items: 3 });
      assert.deepEqual([view.events[0]?.topic, rows(view).map(({ id }) => id)], ["seen_view", [1, 2, 3]]);
      const query = source({
        mode: "incrementing",
        "incrementing.column.name": "id",
        query: 'SELECT b.id, o.state FROM base b LEFT JOIN base o ON o.id = b.id AND o.state = "open" -- is it open?\n',
        "query.suffix": "LIMIT 2",
      });
      await query.run({ items: 3 });
      assert.deepEqual(rows(query), [
        { id: 1, state: "open" },
        { id: 2, state: null },
        { id: 3, state: "open" },
      ]);
      const bulk = source({ mode: "bulk", "table.whitelist": "base" });
      await bulk.run({ items: 4 });
      assert.deepEqual(
        rows(bulk).map(({ id }) => id),
        [1, 2, 3, 1],
      );
      await ask(
        `CREATE TABLE shop.same (n INT, at DATETIME NOT NULL); INSERT INTO shop.same SELECT seq, '2026-01-01' + INTERVAL seq DIV 1000 SECOND FROM ${numbers(0, 2999)}`,
      );
      const same = source({ mode: "timestamp", "table.whitelist": "same", "timestamp.column.name": "at", "batch.max.rows": "100" });
      await same.run({ items: 1500 });
      await same.run({ items: 2000 });
      assert.deepEqual([same.events.length, new Set(rows(same).map(({ n }) => n)).size], [3500, 3000]);
      // Berlin's clock is ahead: a row of its "now" is read, one of its next hour is not.
      const berlin = new Date(Date.now() - 60_000).toLocaleString("sv-SE", { timeZone: "Europe/Berlin" });
      const later = new Date(Date.now() + 3_600_000).toLocaleString("sv-SE", { timeZone: "Europe/Berlin" });
      await ask(
        `CREATE TABLE shop.zoned (id INT PRIMARY KEY, at DATETIME NOT NULL); INSERT INTO shop.zoned VALUES (1, '${berlin}'), (2, '${later}')`,
      );
      const zoned = source({
        mode: "timestamp",
        "table.whitelist": "zoned",
        "timestamp.column.name": "at",
        "db.timezone": "Europe/Berlin",
      });
      await zoned.run({ items: 2, signal: AbortSignal.timeout(700) });
      assert.deepEqual(
        rows(zoned).map(({ id }) => id),
        [1],
      );
      const initial = source({
        mode: "timestamp",
        "table.whitelist": "zoned",
        "timestamp.column.name": "at",
        "timestamp.initial": "0",
        "db.timezone": "Europe/Berlin",
      });
      await initial.run({ items: 1 });
      assert.match(
        await check({ mode: "incrementing", "table.whitelist": "same" }),
        /shop\.same has no column that the database counts up/,
      );
      assert.match(
        await check({ mode: "timestamp", query: "SELECT at, CURRENT_TIMESTAMP AS t FROM zoned", "timestamp.column.name": "nope" }),
        /the query has no column nope.*it has at, t/,
      );
      assert.match(await check({ mode: "bulk", query: "SELECT id, id FROM zoned" }), /Duplicate column name 'id'/);
    });

    test("a column that changes while it is read is described anew, and a range of an index is read, not the table", async () => {
      await ask(
        `CREATE TABLE shop.changing (id INT AUTO_INCREMENT PRIMARY KEY, v INT); INSERT INTO shop.changing (v) SELECT 1 FROM ${numbers(1, 50)}`,
      );
      const changing = source({ mode: "incrementing", "table.whitelist": "changing", "batch.max.rows": "10" });
      const steps = new Map([
        [50, "ALTER TABLE shop.changing MODIFY v VARCHAR(9), ADD w FLOAT; INSERT INTO shop.changing (v, w) VALUES ('x', 3)"],
        [51, "ALTER TABLE shop.changing DROP v; INSERT INTO shop.changing (w) VALUES (4)"],
      ]);
      const altered: Promise<unknown>[] = [];
      await changing.run({
        when: ({ length }) => {
          const step = steps.get(length);
          if (step !== undefined) altered.push(ask(step));
          return length === 52;
        },
      });
      await Promise.all(altered);
      assert.deepEqual(
        rows(changing)
          .slice(-2)
          .map(({ v, w }) => [v, w]),
        [
          ["x", 3],
          [undefined, 4],
        ],
      );
      await ask(
        `CREATE TABLE shop.large (id INT AUTO_INCREMENT PRIMARY KEY, at DATETIME(6) NOT NULL, KEY (at, id)); INSERT INTO shop.large (at) SELECT '2026-01-01' + INTERVAL seq DIV 50 SECOND FROM ${numbers(1, 50000)}`,
      );
      const large = source({
        mode: "timestamp+incrementing",
        "table.whitelist": "large",
        "timestamp.column.name": "at",
        "incrementing.column.name": "id",
        "batch.max.rows": "1000",
      });
      const handler = async (): Promise<number> => {
        const found = await ask("SHOW GLOBAL STATUS WHERE Variable_name LIKE 'Handler_read_%next'");
        return found.reduce((sum, { Value: value }) => sum + Number(value), 0);
      };
      const before = await handler();
      await large.run({ items: 50_000 });
      assert.equal(new Set(rows(large).map(({ id }) => id)).size, 50_000);
      const walked = (await handler()) - before;
      assert.ok(walked < 200_000, `${walked} rows were walked for 50000`);
    });

    test("each row comes once over kill -9 of worker, broker and database", async (t) => {
      const seed = testSeed();
      t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
      await ask(
        "CREATE TABLE shop.counted (id BIGINT AUTO_INCREMENT PRIMARY KEY, n INT NOT NULL, at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6))",
      );
      const told = await liveThroughCountedRows({
        seed,
        url,
        insert: (from, to) => ask(`INSERT INTO shop.counted (n) SELECT seq FROM ${numbers(from, to)}`),
        count: async () => Number((await ask("SELECT COUNT(*) AS n FROM shop.counted"))[0]?.["n"]),
        crash: () => server.crash(),
      });
      t.diagnostic(told);
    });
  });
