import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { brokerProperties } from "./broker-settings.ts";
import { type CommandContext, ParsedOptions } from "./command.ts";

function propertiesOf(options: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  const context = { options: new ParsedOptions(new Map(Object.entries(options))) } as unknown as CommandContext;
  return Object.fromEntries(brokerProperties(context));
}

test("broker properties: --set goes before the file, and what is no setting or no file is refused by its option", () => {
  const folder = mkdtempSync(join(tmpdir(), "ottla-properties-"));
  const config = join(folder, "server.properties");
  try {
    writeFileSync(config, "num.partitions=3\nmy.plugin=x\n");
    assert.deepEqual(propertiesOf({ config: [config], set: ["num.partitions=5", "log.retention.ms = 7"] }), {
      "num.partitions": "5",
      "my.plugin": "x",
      "log.retention.ms": " 7",
    });
    assert.throws(() => propertiesOf({ set: ["num.partitions"] }), { message: '"num.partitions" is no setting; write NAME=VALUE.' });
    assert.throws(() => propertiesOf({ config: [folder] }), { message: /\(EISDIR\); check --config/ });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
