import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Client, createClient } from "@ottla/client";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";

interface Read {
  readonly topic: string;
  readonly partition: number;
  readonly key: string | null;
  readonly value: string;
  readonly headers: unknown;
}

describe("dead letters", () => {
  let ottla: CommandLineFixture;
  let client: Client;
  before(async () => {
    ottla = await CommandLineFixture.start();
    client = createClient({ bootstrapServers: ottla.broker.bootstrap });
    await ottla.run(["topics", "create", "orders", "-p", "3"]);
    await ottla.run(["topics", "create", "payments", "-p", "1"]);
    await client.producer().send([
      ...Array.from({ length: 7 }, (_, i) => ({
        topic: "orders",
        partition: 2,
        key: `k${i}`,
        value: `order ${i}`,
        headers: { own: String(i) },
      })),
      { topic: "payments", value: "payment" },
    ]);
    const consumer = client.consumer({ groupId: "billing", autoOffsetReset: "earliest" });
    consumer.subscribe(["orders", "payments"]);
    let count = 0;
    const ended = consumer.run({
      onError: { attempts: 2, backoffMs: 1, deadLetterTopic: "dead" },
      eachRecord: ({ topic }) => {
        if (++count === 16) void consumer.close();
        throw topic === "orders" ? new RangeError("too much") : new TypeError("no \x1b[31mtype");
      },
    });
    await ended;
  });
  after(async () => {
    await client.close();
    await ottla.stop();
  });

  const consumed = async (topic: string): Promise<readonly Read[]> => {
    const { stdout } = await ottla.run([
      "consume",
      topic,
      "--from-beginning",
      "--exit-at-end",
      "--json",
      "--isolation-level",
      "read_committed",
    ]);
    return stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Read);
  };

  test("are listed by origin and error, found without being named, and shown with their stories", async () => {
    const listed = (await ottla.json("dlq", "list")) as readonly Record<string, unknown>[];
    assert.deepEqual(
      listed.map(({ topic, origin, group, error, count, waiting }) => [topic, origin, group, error, count, waiting]),
      [
        ["dead", "orders", "billing", "RangeError", 7, 7],
        ["dead", "payments", "billing", "TypeError", 1, 1],
      ],
    );
    const table = await ottla.run(["dlq", "list", "dead"]);
    assert.match(
      table.stdout,
      /^DEAD-LETTER TOPIC +FROM +GROUP +ERROR +RECORDS +TO REPLAY +LAST FAILED\ndead +orders +billing +RangeError +7 +7 +20/,
    );
    const page = await ottla.run(["dlq", "show", "dead", "--origin", "payments", "--stack"]);
    assert.match(
      page.stdout,
      /value {4}payment\n {2}error {4}TypeError: no \\x1b\[31mtype\n {2}from {5}payments-0 at offset 0 of 20.*\n {2}tried {4}2 times by group billing, first failed 20/,
    );
    assert.match(page.stdout, /at .*dead-letters\.test\.ts/);
    const shown = (await ottla.json("dlq", "show", "dead", "--error", "too much", "-n", "3")) as readonly {
      failure: { attempts: number };
    }[];
    assert.deepEqual(
      shown.map(({ failure }) => failure.attempts),
      [2, 2, 2],
    );
    assert.equal((await ottla.run(["dlq", "show", "dead", "--error", "nothing"])).stdout, "There are no such dead letters.\n");
  });

  test("are sent back once each: in parts, again, with two at a time, as they were and where they were", async () => {
    const dry = await ottla.json("dlq", "replay", "dead", "--dry-run");
    assert.deepEqual(dry, { topic: "dead", isDryRun: true, sent: { orders: 7, payments: 1 } });
    const first = await ottla.run(["dlq", "replay", "dead", "-n", "3"]);
    assert.match(first.stdout, /^Sent 3 of the records of dead: 3 to orders\.\n$|^Sent 3 of the records of dead: /);
    // Of two at a time the older one may be stopped; nothing is sent twice.
    const both = await Promise.all([ottla.run(["dlq", "replay", "dead"]), ottla.run(["dlq", "replay", "dead"])]);
    for (const { status, stderr } of both) assert.ok(status === 0 || /fence|transactionalId|producer/i.test(stderr), stderr);
    await ottla.run(["dlq", "replay", "dead"]);
    assert.equal((await ottla.run(["dlq", "replay", "dead"])).stdout, "Nothing in dead waits for a replay.\n");
    const orders = await consumed("orders");
    assert.deepEqual(
      orders
        .slice(7)
        .map(({ key, value, partition }) => `${key} ${value} ${partition}`)
        .sort(),
      Array.from({ length: 7 }, (_, i) => `k${i} order ${i} 2`),
    );
    assert.deepEqual(
      orders
        .map(({ headers }) => JSON.stringify(headers))
        .slice(7)
        .sort(),
      orders
        .map(({ headers }) => JSON.stringify(headers))
        .slice(0, 7)
        .sort(),
    );
    assert.equal((await consumed("payments")).length, 2);
    const listed = (await ottla.json("dlq", "list", "dead")) as readonly { waiting: number }[];
    assert.ok(listed.every(({ waiting }) => waiting === 0));
  });

  test("go to another topic when it is named; what cannot be is refused in a sentence", async () => {
    await ottla.run(["topics", "create", "foreign", "-p", "1"]);
    await client.producer().send([{ topic: "foreign", value: "no story" }]);
    const refused = await ottla.run(["dlq", "replay", "foreign"]);
    assert.deepEqual([refused.status, /does not say where it came from; name a topic by --to/.test(refused.stderr)], [1, true]);
    assert.match((await ottla.run(["dlq", "replay", "foreign", "--to", "nowhere"])).stderr, /There is no topic "nowhere"/);
    assert.match((await ottla.run(["dlq", "replay", "foreign", "--to", "foreign"])).stderr, /cannot be sent to foreign itself/);
    assert.match((await ottla.run(["dlq", "replay", "missing"])).stderr, /There is no topic "missing"/);
    const sent = await ottla.json("dlq", "replay", "foreign", "--to", "payments");
    assert.deepEqual(sent, { topic: "foreign", isDryRun: false, sent: { payments: 1 } });
    assert.equal((await consumed("payments")).at(-1)!.value, "no story");
  });

  test("so old that the cluster may have forgotten that they were sent are not sent by guess", async () => {
    await ottla.run(["topics", "create", "old", "-p", "1", "-c", "retention.ms=-1"]);
    const timestamp = Date.now() - 8 * 86_400_000;
    await client.producer().send([
      { topic: "old", value: "was there last week", timestamp },
      { topic: "old", value: "is new" },
    ]);
    for (const words of [[], ["--dry-run"]]) {
      const { status, stderr } = await ottla.run(["dlq", "replay", "old", "--to", "payments", ...words]);
      assert.equal(status, 1);
      assert.match(
        stderr,
        /old-0 has letters that are older than 7 days \(offsets.retention.minutes\).* may have been sent before.*--from-beginning/,
      );
    }
    const sent = await ottla.json("dlq", "replay", "old", "--to", "payments", "--from-beginning", "-n", "1");
    assert.deepEqual(sent, { topic: "old", isDryRun: false, sent: { payments: 1 } });
    // The position is known from now on.
    assert.deepEqual(await ottla.json("dlq", "replay", "old", "--to", "payments"), sent);
    assert.equal((await consumed("payments")).at(-1)!.value, "is new");
  });

  test("of a connector that has only the beginning of its value is not sent as if it were whole", async () => {
    await ottla.run(["topics", "create", "cut", "-p", "1"]);
    const headers = Object.entries({ topic: "in", "connector.name": "lake", "cut.value.bytes": "3000000" }).map(([key, value]) => ({
      key: `__connect.errors.${key}`,
      value: Buffer.from(value),
    }));
    await client.producer().send({ topic: "cut", value: "the beginning", headers });
    const { status, stderr } = await ottla.run(["dlq", "replay", "cut"]);
    assert.equal(status, 1);
    assert.match(stderr, /cut-0 at offset 0 has only the beginning of a value of 3000000 bytes; give it a whole value by --edits/);
  });

  test("of connectors tell stage and task; they are redriven once each, edited, at a pace", async () => {
    await ottla.run(["topics", "create", "in", "-p", "2"]);
    await ottla.run(["topics", "create", "dlq", "-p", "1"]);
    const story = (offset: number): readonly { key: string; value: Buffer }[] =>
      Object.entries({
        topic: "in",
        partition: "1",
        offset: String(offset),
        "connector.name": "lake",
        "task.id": "0",
        stage: "VALUE_CONVERTER",
        "exception.class.name": "ConnectError",
        "exception.message": "no JSON",
      }).map(([key, value]) => ({ key: `__connect.errors.${key}`, value: Buffer.from(value) }));
    const own = { key: "own", value: Buffer.from("h") };
    await client
      .producer()
      .send(Array.from({ length: 4 }, (_, n) => ({ topic: "dlq", key: `k${n}`, value: `bad ${n}`, headers: [own, ...story(n)] })));
    const listed = (await ottla.json("connect", "dead-letters", "list", "dlq")) as readonly Record<string, unknown>[];
    assert.deepEqual(
      listed.map(({ origin, group, error, count, waiting }) => [origin, group, error, count, waiting]),
      [["in", "connect-lake", "ConnectError", 4, 4]],
    );
    const page = await ottla.run(["connect", "dead-letters", "show", "dlq", "-n", "1"]);
    assert.match(
      page.stdout,
      /error {4}ConnectError: no JSON\n {2}from {5}in-1 at offset 0\n {2}by {7}connector lake, task 0, VALUE_CONVERTER\n/,
    );
    const letters = (await ottla.json("connect", "dead-letters", "show", "dlq")) as { value?: unknown; skip?: boolean; offset: number }[];
    letters[1]!.value = { fixed: 1 };
    letters[2]!.skip = true;
    const folder = mkdtempSync(join(tmpdir(), "ottla-dlq-"));
    const file = join(folder, "edits.json");
    const redrive = (...words: readonly string[]) => ottla.run(["connect", "dead-letters", "redrive", "dlq", "--edits", file, ...words]);
    const write = (value: unknown): void => writeFileSync(file, JSON.stringify(value));
    try {
      write([{ partition: 0, offset: 9, value: "x" }]);
      assert.match((await redrive()).stderr, /dlq-0 at offset 9, where no dead letter is/);
      write([{ partition: 0, offset: 1, vlaue: "x" }]);
      assert.match((await redrive()).stderr, /record 1 has "vlaue", which nobody reads/);
      write(letters.slice(1, 3));
      const startedMs = performance.now();
      assert.equal((await redrive("--rate", "10")).stdout, "Sent 3 of the records of dlq: 3 to in.\n1 of them as edited; 1 passed over.\n");
      assert.ok(performance.now() - startedMs >= 395, "four letters at ten a second");
      assert.match((await redrive()).stderr, /dlq-0 at offset 1, which was sent already/);
    } finally {
      rmSync(folder, { recursive: true });
    }
    assert.equal((await ottla.run(["connect", "dead-letters", "redrive", "dlq"])).stdout, "Nothing in dlq waits for a replay.\n");
    assert.deepEqual(
      (await consumed("in")).map(({ partition, key, value, headers }) => [partition, key, value, JSON.stringify(headers)]),
      [
        [1, "k0", "bad 0"],
        [1, "k1", '{"fixed":1}'],
        [1, "k3", "bad 3"],
      ].map((each) => [...each, JSON.stringify([{ key: "own", value: "h" }])]),
    );
  });
});
