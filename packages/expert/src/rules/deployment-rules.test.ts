import assert from "node:assert/strict";
import { test } from "node:test";
import { NEWEST_VERSION } from "../catalogue/settings-catalogue.ts";
import { applyFixes } from "../lint/apply-fixes.ts";
import { Settings } from "../lint/settings.ts";
import { deploymentRules } from "./deployment-rules.ts";

for (const { id, name, check, examples } of deploymentRules)
  test(`${id} ${name} fires where it should, and not just short of it`, () => {
    assert.deepEqual(new Set(examples.map(({ hits }) => hits)), new Set([0, 1]));
    for (const { kind, before, after, hits, version = NEWEST_VERSION } of examples) {
      const settingsOf = (values: Readonly<Record<string, string>>) => {
        const entries = Object.entries(values).map(([key, value], i) => ({ key, value, line: i + 1 }));
        return new Settings({ file: "example.properties", part: undefined, kind, entries }, version);
      };
      const found = check(settingsOf(before), settingsOf(after));
      assert.equal(found.length, hits, JSON.stringify([before, after, found]));
      for (const { settings } of found) {
        if (!settings) continue;
        const mended = { ...settingsOf(after).document, entries: applyFixes(settingsOf(after).entries, settings) };
        assert.deepEqual(check(settingsOf(before), new Settings(mended, version)), [], "its fix applied makes it silent");
      }
    }
  });
