import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { apiTable } from "@ottla/protocol";
import { handlers } from "./index.ts";

const page = readFileSync(new URL("../../../../SKIPPED.md", import.meta.url), "utf8");

/** `Name (key)` of one section of the page, sorted. */
function namedIn(title: string): string[] {
  const [, section = ""] = new RegExp(`^## ${title}\\n([\\s\\S]*?)(?=^## |(?![\\s\\S]))`, "m").exec(page) ?? [];
  return [...section.matchAll(/\b([A-Z]\w+) \((\d+)\)/g)].map(([name]) => name).sort();
}

const shown = ({ name, key }: { readonly name: string; readonly key: number }): string => `${name} (${key})`;

test("SKIPPED.md has every API once, where it belongs: a handler that comes or goes moves its line", () => {
  const served = handlers.map(({ api }) => shown(api)).sort();
  const known = apiTable.map(shown).sort();
  assert.deepEqual([...namedIn("Served whole"), ...namedIn("Served, with something left out")].sort(), served);
  assert.deepEqual(
    namedIn("Not served"),
    known.filter((api) => !served.includes(api)),
  );
});

test("SKIPPED.md says truly that every API is served in all of Kafka's versions", () => {
  for (const { api, minVersion, maxVersion } of handlers) {
    const kafka = apiTable.find(({ key }) => key === api.key)!;
    assert.deepEqual([api.name, minVersion, maxVersion], [kafka.name, kafka.minVersion, kafka.maxVersion]);
  }
});
