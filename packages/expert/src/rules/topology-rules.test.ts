import assert from "node:assert/strict";
import { test } from "node:test";
import { lintFile } from "../lint/lint-file.ts";
import { topologyRules } from "./topology-rules.ts";

for (const { id, name, examples } of topologyRules)
  test(`${id} ${name} fires on a topology's description where it should, and not on what is right`, async () => {
    for (const { text, hits } of examples) {
      const { findings } = await lintFile({ path: "orders.topology.txt", text });
      assert.equal(findings.filter(({ rule }) => rule === id).length, hits, JSON.stringify([text, findings]));
    }
  });
