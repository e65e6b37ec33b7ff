import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkFile, checkManifest } from "./check-layers.ts";
import { importsOf } from "./imports-of.ts";
import { layers } from "./layers.ts";
import { root } from "./workspaces.ts";

test("client and broker never know each other, in a package.json or an import", () => {
  assert.deepEqual(checkManifest("packages/client", { name: "@ottla/client", devDependencies: { "@ottla/broker": "0.1.0" } }), [
    "packages/client/package.json: client may not depend on broker (allowed: protocol, base).",
  ]);
  assert.deepEqual(
    checkFile("packages/broker", { path: "packages/broker/src/a.ts", imports: ["@ottla/client", "@ottla/base/node", "node:fs"] }),
    ["packages/broker/src/a.ts: broker may not import @ottla/client."],
  );
});

test("nothing imports the command line, and no package another by path", () => {
  assert.equal(checkFile("packages/client", { path: "packages/client/src/a.ts", imports: ["ottla"] }).length, 1);
  assert.equal(checkFile("packages/log", { path: "packages/log/src/a/b.ts", imports: ["../../../base/src/index.ts"] }).length, 1);
  assert.equal(checkFile("packages/log", { path: "packages/log/src/a/b.ts", imports: ["../c.ts"] }).length, 0);
});

test("only the expert's collectors know the client", () => {
  assert.equal(checkFile("packages/expert", { path: "packages/expert/src/rules/a.ts", imports: ["@ottla/client"] }).length, 1);
  assert.equal(checkFile("packages/expert", { path: "packages/expert/src/collect/a.ts", imports: ["@ottla/client"] }).length, 0);
});

test("a new package needs a layer", () => {
  assert.equal(checkManifest("packages/other", { name: "@ottla/other" }).length, 1);
});

test("every way to import is seen", () => {
  const source = `import "a";\nimport b from "b";\nimport type { c } from "c";\nexport * from 'd';\nimport {\n  e,\n  f,\n} from "e";\nconst g = await import("g");\nconst no = "import h";`;
  assert.deepEqual(importsOf(source), ["a", "b", "c", "d", "e", "g"]);
});

test("ARCHITECTURE.md shows the same layers", () => {
  const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  const rows = [...text.matchAll(/^\| `(\w+)` \|[^|\n]*\| ([^|\n]*) \|$/gm)];
  for (const [, layer = "", allowed = ""] of rows) {
    if (allowed.startsWith("everything")) continue;
    const named = [...allowed.matchAll(/\b[a-z]+\b/g)].map(([word]) => word).filter((word) => word in layers);
    assert.deepEqual(named, layers[layer], layer);
  }
  assert.ok(rows.length >= 6);
});
