import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { brokerConfigDef } from "./broker-configs.ts";
import { groupConfigDef, topicConfigDef } from "./resource-config-defs.ts";

/** Named where a change is judged or a topic is prepared, and without effect all the same. */
const JUDGED_ONLY: ReadonlySet<string> = new Set(["remote.storage.enable", "remote.log.storage.system.enable"]);

/** Read by whoever starts a broker, to find its data directory. */
const READ_AT_START: ReadonlySet<string> = new Set(["log.dir", "log.dirs"]);

/** The broker's code without the tables of keys and without tests. */
function brokerSource(): string {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !/^(config.(keys|broker-key|config-rules)|testing|index)\b/.test(file),
  );
  return files.map((file) => readFileSync(`${root}/${file}`, "utf8")).join("\n");
}

test("a key says that it has no effect exactly when no code reads it", () => {
  const source = brokerSource();
  const isRead = (name: string) => source.includes(`"${name}"`) && !JUDGED_ONLY.has(name);
  const behindResources = new Set<string>();
  for (const key of [...topicConfigDef.keys, ...groupConfigDef.keys]) {
    assert.equal(key.effect === "none", !isRead(key.name), `${key.name} of topics or groups`);
    for (const { name } of isRead(key.name) ? key.synonyms : []) {
      for (const link of [name, ...brokerConfigDef.require(name).synonyms.map((synonym) => synonym.name)]) behindResources.add(link);
    }
  }
  for (const key of brokerConfigDef.keys) {
    assert.equal(
      key.effect === "none",
      !isRead(key.name) && !behindResources.has(key.name) && !READ_AT_START.has(key.name),
      `${key.name} of brokers`,
    );
  }
});
