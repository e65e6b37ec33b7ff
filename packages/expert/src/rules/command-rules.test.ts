import assert from "node:assert/strict";
import { test } from "node:test";
import { lintFile } from "../lint/lint-file.ts";
import { commandRules } from "./command-rules.ts";

for (const { id, name, examples } of commandRules)
  test(`${id} ${name} fires where it should, and not on what is right`, async () => {
    for (const { script, hits } of examples) {
      const { findings } = await lintFile({ path: "a.sh", text: script }, { profile: "dev" });
      assert.equal(findings.filter(({ rule }) => rule === id).length, hits, JSON.stringify([script, findings]));
    }
  });
