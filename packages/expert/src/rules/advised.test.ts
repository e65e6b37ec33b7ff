import assert from "node:assert/strict";
import { test } from "node:test";
import { NEWEST_VERSION } from "../catalogue/settings-catalogue.ts";
import { fixFile } from "../lint/fix/fix-file.ts";
import { lintFiles } from "../lint/lint-files.ts";
import { Settings } from "../lint/settings.ts";
import { acrossRules } from "./across-rules.ts";
import { ADVISED } from "./advised.ts";
import { commandRules } from "./command-rules.ts";
import { deploymentRules } from "./deployment-rules.ts";
import { jsonSchemaRules } from "./json-schema-rules.ts";
import { protoRules } from "./proto-rules.ts";
import { whyByHand } from "./rule-catalogue.ts";
import type { Hit } from "./rule.ts";
import { schemaAdviceRules } from "./schema-advice-rules.ts";
import { schemaRules } from "./schema-rules.ts";
import { settingsRules } from "./settings-rules.ts";
import { sourceRules } from "./source-rules.ts";
import { defaultsOf } from "./threshold.ts";
import { topologyRules } from "./topology-rules.ts";

const entriesOf = (...values: readonly Readonly<Record<string, string>>[]) =>
  values.flatMap(Object.entries<string>).map(([key, value], i) => ({ key, value, line: i + 1 }));

/** Rules over settings by id: how many of what they find in their examples has a change, and how many has not. */
async function changesByRule(): Promise<ReadonlyMap<string, { mended: number; advised: number }>> {
  const counts = new Map<string, { mended: number; advised: number }>();
  const count = (id: string, found: readonly Pick<Hit, "settings">[]): void => {
    const own = counts.get(id) ?? { mended: 0, advised: 0 };
    for (const { settings } of found) own[settings ? "mended" : "advised"]++;
    counts.set(id, own);
  };
  for (const { id, check, thresholds, examples } of settingsRules)
    for (const { kind, settings, again = {}, part, profile = "prod", version = NEWEST_VERSION, deployedFirst, hits } of examples) {
      if (hits === 0) continue;
      const document = { file: "example.properties", part, kind, entries: entriesOf(settings, again) };
      const context = { profile, threshold: defaultsOf(thresholds), ...(deployedFirst && { deployedFirst }) };
      const found = check(new Settings(document, version), context) ?? [];
      count(id, Array.isArray(found) ? found : [found as Hit]);
    }
  for (const { id, check, examples } of deploymentRules)
    for (const { kind, before, after, hits, version = NEWEST_VERSION } of examples) {
      if (hits === 0) continue;
      const of = (values: typeof before) => new Settings({ file: "a", part: undefined, kind, entries: entriesOf(values) }, version);
      count(id, check(of(before), of(after)));
    }
  for (const { id, examples } of acrossRules)
    for (const { files, hits } of examples) {
      if (hits === 0) continue;
      const sources = Object.entries(files).map(([path, text]) => ({ path, text }));
      const { findings } = await lintFiles(sources);
      const own = findings.filter(({ rule }) => rule === id);
      count(id, own);
      for (const finding of own) {
        if (!finding.settings) continue;
        const { text } = await fixFile(finding.file!, files[finding.file!]!, [finding]);
        const after = await lintFiles(sources.map((file) => (file.path === finding.file ? { ...file, text } : file)));
        assert.deepEqual(
          after.findings.filter(({ rule }) => rule === id),
          [],
          `${id}: its fix applied makes it silent\n${text}`,
        );
      }
    }
  return counts;
}

test("what a rule over files finds has a change that is applied and makes it silent, or a reason why it is advice", async () => {
  const counts = await changesByRule();
  const unsaid = [...counts].filter(([id, { advised }]) => advised > 0 && ADVISED[id] === undefined);
  assert.deepEqual(unsaid, []);
  const needless = Object.keys(ADVISED).filter((id) => (counts.get(id)?.advised ?? 0) === 0);
  assert.deepEqual(needless, []);
});

test("rules over programs, schemas, topologies and scripts are silent on what is to be written instead, and say why that is written by hand", () => {
  const others = [sourceRules, schemaRules, protoRules, jsonSchemaRules, topologyRules, commandRules].flat() as readonly {
    readonly id: string;
    readonly examples: readonly { readonly hits: number }[];
  }[];
  // Those stand on the registry's readers, and have their cases there.
  for (const { id } of schemaAdviceRules) assert.notDeepEqual(whyByHand(id), [], id);
  for (const { id, examples } of others) {
    assert.ok(examples.some(({ hits }) => hits > 0) && examples.some(({ hits }) => hits === 0), id);
    assert.notDeepEqual(whyByHand(id), [], id);
  }
});
