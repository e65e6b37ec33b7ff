import assert from "node:assert/strict";
import { test } from "node:test";
import { filesOf, run } from "./programs.ts";

for (const { guide, files: names, tests } of [
  { guide: "producing", files: ["desk.mjs", "place-surely.mjs", "load.mjs", "producing.test.mjs"], tests: 2 },
  { guide: "consuming", files: ["counter.mjs", "mailer.mjs", "caching.mjs", "since.mjs", "consuming.test.mjs"], tests: 4 },
  { guide: "tuning", files: ["profiles.mjs", "profiles.test.mjs"], tests: 3 },
]) {
  test(`the programs of the guide to ${guide} and their tests run as they stand there`, async () => {
    const files = filesOf(`docs/guides/client-${guide}.md`);
    assert.deepEqual([...files.keys()], names);
    const { status, output } = await run(files);
    assert.equal(status, 0, output);
    assert.match(output, new RegExp(`^# pass ${tests}$`, "m"));
  });
}

test("the programs of the guide to transactions and their tests run as they stand there", async () => {
  const files = filesOf("docs/guides/client-transactions.md");
  assert.deepEqual([...files.keys()], ["invoices.mjs", "patient.mjs", "invoices.test.mjs"]);
  const { status, output } = await run(files);
  assert.equal(status, 0, output);
  assert.match(output, /^# pass 3$/m);
});

test("the guide to retries and dead letters does what it says", async () => {
  const files = filesOf("docs/guides/client-retries-and-dead-letters.md");
  assert.deepEqual([...files.keys()], ["billing.mjs", "billing.test.mjs"]);
  const { status, output } = await run(files);
  assert.equal(status, 0, output);
  assert.match(output, /^# pass 1$/m);
});

test("the store of the guide to outboxes and its tests run as they stand there", async () => {
  const files = filesOf("docs/guides/client-outbox.md");
  assert.deepEqual([...files.keys()], ["postgres-outbox.mjs", "sqlite-outbox.mjs", "sqlite-outbox.test.mjs"]);
  const { status, output } = await run(files);
  assert.equal(status, 0, output);
  assert.match(output, /^# pass 2$/m);
});
