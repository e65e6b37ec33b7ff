import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { missingOptionalPackages } from "./lock-completeness.ts";
import { root } from "./workspaces.ts";

test("package-lock.json names the packages for every system, so that npm ci works on each", () => {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  assert.deepEqual(Object.keys(missingOptionalPackages(packages)), [], "run: npm run complete-lock");
});

test("a package for another system gets its system, processor and libc from its name", () => {
  const owner = { dev: true, optionalDependencies: { "@x/y-linux-arm64-musl": "1.2.3", "@x/y-darwin-x64": "1.2.3", "@x/there": "1.0.0" } };
  assert.deepEqual(missingOptionalPackages({ "node_modules/@x/y": owner, "node_modules/@x/there": {} }), {
    "node_modules/@x/y-linux-arm64-musl": { version: "1.2.3", dev: true, optional: true, cpu: ["arm64"], os: ["linux"], libc: ["musl"] },
    "node_modules/@x/y-darwin-x64": { version: "1.2.3", dev: true, optional: true, cpu: ["x64"], os: ["darwin"] },
  });
});
