import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { playTransactionStory } from "../../testing/transaction-transcript.ts";

// Stories of a transactional producer, told as text. UPDATE_TRANSCRIPTS=1 writes what happens now; review the difference.
const folder = new URL("../../../test/transactions/", import.meta.url);

for (const file of readdirSync(folder).sort()) {
  const path = new URL(file, folder);
  const text = readFileSync(path, "utf8");
  test(`transcript ${file}: ${text.split("\n", 1)[0]?.replace(/^# /, "")}`, () => {
    const played = playTransactionStory(text);
    if (process.env["UPDATE_TRANSCRIPTS"]) writeFileSync(path, played);
    else assert.equal(played, text);
  });
}
