import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";

const guide = readFileSync(new URL("../../../../../docs/guides/expert.md", import.meta.url), "utf8");
/** The commands of the guide, in order. */
const lines = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) => block!.trim().split("\n"));
/** Those that find something, which is status 1. */
const FINDING = new Set([
  "ottla doctor",
  "ottla doctor --only GRP --for 2",
  "ottla doctor --only TOP-14 --fix plan.yaml",
  "ottla lint client.properties",
]);

test("the guide to the expert does what it says, command by command", async () => {
  const ottla = await CommandLineFixture.start();
  const folder = mkdtempSync(join(tmpdir(), "ottla-guide-"));
  try {
    writeFileSync(join(folder, "orders.txt"), "1\n2\n3\n4\n5\n6\n");
    writeFileSync(join(folder, "client.properties"), "bootstrap.servers=a:9092,b:9092,c:9092\nclient.id=shop\nacks=1\n");
    const [start, ...rest] = lines;
    assert.equal(start, "ottla dev --memory");
    assert.ok(rest.length >= 18);
    const said = new Map<string, string>();
    for (const line of rest) {
      const words = line
        .split(" ")
        .slice(1)
        .map((word) =>
          /^[a-z]+\.(txt|yaml|properties)$/.test(word) ? join(folder, word) : word.replace("127.0.0.1:9092", ottla.broker.bootstrap),
        );
      const { status, stdout, stderr } = await ottla.run(words);
      assert.equal(status, FINDING.has(line) ? 1 : 0, `${line}\n${stdout}${stderr}`);
      said.set(line, stdout);
    }
    assert.match(said.get("ottla doctor")!, /TOP-14 .*orders/);
    assert.match(said.get("ottla lag explain billing --for 1")!, /no-members/);
    assert.match(said.get("ottla doctor --only TOP-14")!, /^HEALTHY/);
  } finally {
    rmSync(folder, { recursive: true });
    await ottla.stop();
  }
});
