import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { hashPassword } from "@ottla/base/node";
import { readConsoleUsers, readMaskingRules } from "@ottla/console";
import { ConsoleFixture } from "./console-fixture.ts";
import { connectWorker, type Service } from "./services.ts";

const password = await hashPassword("right");
const users = readConsoleUsers({
  users: [
    { name: "vera", role: "viewer", password },
    { name: "anna", role: "admin", password },
  ],
});
const rules = readMaskingRules({
  rules: [
    { topics: "customers", in: "value", path: "card", do: "mask", unmaskedFor: ["admin"] },
    { topics: "customers", in: "key", do: "hash", unmaskedFor: ["admin"] },
    { topics: "customers", in: "header", path: "mail", do: "drop", unmaskedFor: ["admin"] },
  ],
});

test("what is masked is masked in every reading: by list, key, filter and live; who may see it does", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { customers: 1 } }, { users, masking: rules });
  const sent = (card: string) => ({ key: `k${card}`, value: JSON.stringify({ card, n: 1 }), headers: { mail: "a@b" } });
  await ottla.kafka.topic("customers").produce([sent("4111"), sent("4222")]);
  const [vera, anna] = [await ottla.loggedIn("vera", "right"), await ottla.loggedIn("anna", "right")];
  const read = async (query: string, who: Readonly<Record<string, string>>) => {
    const events = await ottla.events(`/topics/customers/messages?from=earliest&${query}`, who);
    assert.equal(events.at(-1)?.event, "ended", JSON.stringify(events.at(-1)));
    return events.flatMap(({ event, data }) => (event === "records" ? data.records : []));
  };
  const texts = (records: readonly { readonly value: { readonly text: string } }[]): readonly string[] =>
    records.map(({ value }) => value.text);
  const shown = await read("", vera);
  assert.deepEqual(texts(shown), ['{"card":"•••","n":1}', '{"card":"•••","n":1}']);
  assert.doesNotMatch(JSON.stringify(shown), /4111|4222|a@b|NDExMQ/);
  assert.deepEqual([shown[0].headers, shown[0].key.text.startsWith("hash:")], [[], true]);
  assert.deepEqual(texts(await read("", anna)), ['{"card":"4111","n":1}', '{"card":"4222","n":1}']);
  const filter = (text: string): string => `filter=${encodeURIComponent(text)}`;
  assert.deepEqual(texts(await read(filter('value.card == "4111"'), vera)), []);
  assert.deepEqual(texts(await read(filter('value.card == "4111"'), anna)), ['{"card":"4111","n":1}']);
  assert.equal((await read("key=k4111", vera)).length, 0);
  assert.equal((await read("key=k4111", anna)).length, 1);
  assert.equal((await read(`key=${encodeURIComponent(shown[0].key.text)}`, vera)).length, 1, "by what is shown a key is found");
  const failing = await ottla.events(`/topics/customers/messages?from=earliest&${filter("int(value.card) > 1")}`, vera);
  assert.doesNotMatch(JSON.stringify(failing), /4111/, "nor does what an expression fails with tell it");
});

test("changed rules hold for what is being read already", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { customers: 1 } }, { users, masking: rules });
  const anna = await ottla.loggedIn("anna", "right");
  const live = await fetch(`${ottla.url}/api/topics/customers/messages?from=tail`, { headers: anna });
  let text = "";
  const reading = (async () => {
    for await (const piece of live.body ?? []) text += Buffer.from(piece).toString();
  })().catch(() => {});
  const seen = (value: string): Promise<unknown> =>
    ottla.kafka.until(`${value} is seen`, async () => {
      await ottla.kafka.topic("customers").produce([{ value: JSON.stringify({ card: "4111" }) }]);
      return text.includes(value);
    });
  await seen("4111");
  ottla.server.renewMasking(readMaskingRules({ rules: [{ topics: "*", in: "value", do: "drop" }] }));
  await seen("hidden by a masking rule");
  const before = text.length;
  await ottla.kafka.until("more came", async () => {
    await ottla.kafka.topic("customers").produce([{ value: JSON.stringify({ card: "4111" }) }]);
    return text.length > before + 500;
  });
  assert.doesNotMatch(text.slice(before), /4111/);
  await ottla.post("/logout", {}, anna);
  await reading;
});

test("what a connector failed with, and its log, say nothing of records that a rule hides", async () => {
  let connect: Service | undefined;
  const folder = mkdtempSync(join(tmpdir(), "ottla-console-"));
  const ottla = await ConsoleFixture.start({ topics: { cards: 1 } }, async (kafka) => {
    connect = await connectWorker(kafka.bootstrapServers);
    return {
      services: { connect: connect.url },
      masking: readMaskingRules({ rules: [{ topics: "cards", in: "value", do: "mask" }] }),
    };
  });
  try {
    await ottla.kafka.topic("cards").produce([{ value: "4111-of-a-card" }]);
    const config = {
      "connector.class": "file-sink",
      file: join(folder, "out.txt"),
      topics: "cards",
      "value.converter": "json",
      "ottla.restart.max": "0",
    };
    const made = await fetch(`${connect?.url}/connectors/bad/config`, {
      method: "PUT",
      body: JSON.stringify(config),
      headers: { "content-type": "application/json" },
    });
    assert.equal(made.status, 201);
    const shown = async () => (await ottla.get("/connect/connector?name=bad")).body.tasks[0];
    await ottla.kafka.until("its task has failed", async () => (await shown())?.isFailing === true);
    const direct = await (await fetch(`${connect?.url}/connectors/bad/status`)).text();
    assert.match(direct, /4111/, "Connect itself says it");
    const { trace, reason } = await shown();
    assert.match(trace, /VALUE_CONVERTER, topic cards, partition 0, offset 0: •••$/);
    assert.equal(reason.what, "•••");
    const { body: lines } = await ottla.get("/connect/logs?name=bad");
    assert.ok(lines.lines.length > 0);
    // A place has what the last record had: an id, a time, a key.
    const source = { "connector.class": "FileStreamSource", file: join(folder, "in.txt"), topic: "read", "value.converter": "string" };
    writeFileSync(source.file, "4111-of-a-card\n");
    await fetch(`${connect?.url}/connectors/reads/config`, {
      method: "PUT",
      body: JSON.stringify(source),
      headers: { "content-type": "application/json" },
    });
    const offsets = async () => (await ottla.get("/connect/connector?name=reads")).body.offsets.value;
    await ottla.kafka.until("its place is there", async () => (await offsets())?.length === 1);
    assert.deepEqual(await offsets(), [{ partition: { filename: source.file }, offset: { position: "•••" } }]);
    const { body: rows } = await ottla.get("/connect/connectors");
    assert.doesNotMatch(JSON.stringify([await shown(), lines, rows]), /4111/);
  } finally {
    await connect?.[Symbol.asyncDispose]();
    await ottla[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  }
});
