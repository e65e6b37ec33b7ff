import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { playMemberTranscript } from "../../testing/member-transcript.ts";

// Stories of one member, told as text. UPDATE_TRANSCRIPTS=1 writes what happens now; review the difference.
const folder = new URL("../../../test/members/", import.meta.url);

for (const file of readdirSync(folder).sort()) {
  const path = new URL(file, folder);
  const text = readFileSync(path, "utf8");
  test(`transcript ${file}: ${text.split("\n", 1)[0]?.replace(/^# /, "")}`, () => {
    const played = playMemberTranscript(text);
    if (process.env["UPDATE_TRANSCRIPTS"]) writeFileSync(path, played);
    else assert.equal(played, text);
  });
}
