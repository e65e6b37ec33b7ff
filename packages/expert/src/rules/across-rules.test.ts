import assert from "node:assert/strict";
import { test } from "node:test";
import { lintFiles } from "../lint/lint-files.ts";
import { acrossRules } from "./across-rules.ts";

for (const { id, name, examples } of acrossRules)
  test(`${id} ${name} fires where it should, and not just short of it`, async () => {
    for (const { files, hits } of examples) {
      const { findings } = await lintFiles(Object.entries(files).map(([path, text]) => ({ path, text })));
      const found = findings.filter(({ rule }) => rule === id);
      assert.equal(found.length, hits, JSON.stringify([files, found]));
      for (const { file } of found) assert.ok(Object.hasOwn(files, file!));
    }
  });
