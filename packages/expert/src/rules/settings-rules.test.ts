import assert from "node:assert/strict";
import { test } from "node:test";
import { NEWEST_VERSION } from "../catalogue/settings-catalogue.ts";
import { applyFixes } from "../lint/apply-fixes.ts";
import type { SettingsDocument } from "../lint/document.ts";
import { Settings } from "../lint/settings.ts";
import { defaultsOf } from "./threshold.ts";
import { type Hit, holdsFor, type RuleExample, type SettingsRule } from "./rule.ts";
import { settingsRules } from "./settings-rules.ts";

function documentOf({ kind, settings, again = {}, part }: RuleExample): SettingsDocument {
  const entries = [...Object.entries(settings), ...Object.entries(again)].map(([key, value], i) => ({ key, value, line: i + 1 }));
  return { file: "example.properties", part, kind, entries };
}

function hitsOf(
  rule: SettingsRule,
  document: SettingsDocument,
  { version = NEWEST_VERSION, profile = "prod", deployedFirst }: RuleExample,
  profiles?: SettingsRule["profiles"],
): readonly Hit[] {
  if ((profiles && !profiles.includes(profile)) || !holdsFor(rule, version)) return [];
  const found =
    rule.check(new Settings(document, version), {
      profile,
      threshold: defaultsOf(rule.thresholds),
      ...(deployedFirst && { deployedFirst }),
    }) ?? [];
  return Array.isArray(found) ? found : [found as Hit];
}

for (const rule of settingsRules)
  test(`${rule.id} ${rule.name} fires where it should, and not just short of it`, () => {
    assert.ok(
      rule.examples.some(({ hits }) => hits === 0),
      "an example that is silent",
    );
    assert.ok(
      rule.examples.some(({ hits }) => hits === 1),
      "an example that fires",
    );
    for (const example of rule.examples) {
      const document = documentOf(example);
      const hits = hitsOf(rule, document, example, rule.profiles);
      assert.equal(hits.length, example.hits, `${JSON.stringify(example.settings)}: ${JSON.stringify(hits)}`);
      for (const hit of hits) {
        assert.match(hit.message, /[.?]$/);
        assert.equal(
          hit.severity ?? rule.severity,
          example.severity ?? rule.severity,
          `${JSON.stringify(example.settings)} says how grave it is: ${hit.message}`,
        );
        if (!hit.settings) continue;
        const mended = { ...document, entries: applyFixes(document.entries, hit.settings) };
        assert.deepEqual(hitsOf(rule, mended, example, rule.profiles), [], "its fix applied makes it silent");
      }
    }
  });

test("every rule has an id and a name of its own", () => {
  assert.equal(new Set(settingsRules.map(({ id }) => id)).size, settingsRules.length);
  assert.equal(new Set(settingsRules.map(({ name }) => name)).size, settingsRules.length);
});
