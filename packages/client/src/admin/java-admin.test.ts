import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createClient } from "../client.ts";

const page = readFileSync(new URL("../../../../docs/admin-methods.md", import.meta.url), "utf8");
const { methods } = JSON.parse(readFileSync(new URL("../../test/java-admin-methods.json", import.meta.url), "utf8")) as {
  methods: string[];
};
const rows = [...page.matchAll(/^\| `(\w+)` \| (?:`(\w+)`|–) \| (.*) ?\|$/gm)].map(([, theirs = "", ours, note = ""]) => ({
  theirs,
  ours,
  note: note.trim(),
}));

test("the table of Java's admin has every method of it and names only calls of ours that are there", async () => {
  assert.deepEqual(
    rows.map(({ theirs }) => theirs),
    methods,
  );
  const client = createClient({ bootstrapServers: "127.0.0.1:1" });
  const calls = Object.keys(client.admin());
  await client.close();
  for (const { theirs, ours, note } of rows) {
    if (ours === undefined) assert.notEqual(note, "", `${theirs} says why it is not there`);
    else assert.ok(calls.includes(ours), ours);
  }
  const named = new Set(rows.flatMap(({ ours, note }) => [ours, ...[...note.matchAll(/`(\w+)`/g)].map(([, name]) => name)]));
  const unnamed = calls.filter((call) => !named.has(call));
  assert.deepEqual(unnamed, ["apiVersions"], "what Java has no method for");
});
