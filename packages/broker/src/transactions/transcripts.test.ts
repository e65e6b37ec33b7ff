import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { playTranscript } from "./testing/transcript.ts";

// Stories of transactions, told as text. UPDATE_TRANSCRIPTS=1 writes what happens now; review the difference.
const folder = new URL("../../test/transactions/", import.meta.url);

for (const file of readdirSync(folder)
  .filter((name) => name.endsWith(".txt"))
  .sort()) {
  const path = new URL(file, folder);
  const text = readFileSync(path, "utf8");
  test(`transcript ${file}: ${text.split("\n", 1)[0]?.replace(/^# /, "")}`, async () => {
    const played = await playTranscript(text);
    if (process.env["UPDATE_TRANSCRIPTS"]) writeFileSync(path, played);
    else assert.equal(played, text);
  });
}
