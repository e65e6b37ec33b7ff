import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";
import { root } from "./workspaces.ts";

const lock = {
  packages: {
    "": {},
    "packages/a": { version: "1.0.0" },
    "node_modules/esbuild": { version: "1.0.0", integrity: "sha512-x" },
    "node_modules/@esbuild/other-system": { version: "1.0.0", optional: true },
  },
};
const installed = { packages: { "packages/a": { version: "1.0.0" }, "node_modules/esbuild": { version: "1.0.0", integrity: "sha512-x" } } };

/** A checkout with the given install, and an npm that notes its calls, then installs or fails. */
function bootstrap(before: object | undefined, npmStatus = 0): { status: number | null; stderr: string; npmCalls: string[] } {
  const checkout = mkdtempSync(join(tmpdir(), "ottla-bootstrap-"));
  try {
    mkdirSync(join(checkout, "tools"));
    copyFileSync(join(root, "tools", "bootstrap.mjs"), join(checkout, "tools", "bootstrap.mjs"));
    writeFileSync(join(checkout, "package-lock.json"), JSON.stringify(lock));
    if (before !== undefined) installInto(checkout, before);
    const bin = join(checkout, "bin");
    mkdirSync(bin);
    const install = `mkdir -p node_modules/node/bin && touch node_modules/node/bin/node`;
    writeFileSync(join(bin, "npm"), `#!/bin/sh\necho "$@" >> npm-calls\necho "npm says this"\n${install}\nexit ${npmStatus}\n`);
    chmodSync(join(bin, "npm"), 0o755);
    const { npm_execpath: _, ...env } = process.env;
    const { status, stderr } = spawnSync(process.execPath, [join(checkout, "tools", "bootstrap.mjs")], {
      encoding: "utf8",
      env: { ...env, PATH: `${bin}${delimiter}${env.PATH}` },
    });
    const calls = join(checkout, "npm-calls");
    return { status, stderr, npmCalls: existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [] };
  } finally {
    rmSync(checkout, { recursive: true });
  }
}

function installInto(checkout: string, hiddenLock: object): void {
  const node = join(checkout, "node_modules", "node", "bin", "node");
  mkdirSync(dirname(node), { recursive: true });
  writeFileSync(node, "");
  writeFileSync(join(checkout, "node_modules", ".package-lock.json"), JSON.stringify(hiddenLock));
}

test("bootstrap: a checkout with nothing installed gets npm ci, once, with a line of progress", () => {
  const { status, stderr, npmCalls } = bootstrap(undefined);
  assert.equal(status, 0);
  assert.equal(npmCalls.length, 1);
  assert.match(npmCalls[0]!, /^ci /);
  assert.match(stderr, /^Installing dependencies with npm ci \(once\) …\nInstalled in [\d.]+ s\.\n$/);
});

test("bootstrap: what is installed as the lock file says is left alone, without a word", () => {
  assert.deepEqual(bootstrap(installed), { status: 0, stderr: "", npmCalls: [] });
});

test("bootstrap: another version than the lock file's is installed anew", () => {
  const older = { packages: { ...installed.packages, "node_modules/esbuild": { version: "0.9.0", integrity: "sha512-y" } } };
  assert.equal(bootstrap(older).npmCalls.length, 1);
});

test("bootstrap: when npm fails its words are shown, and one sentence", () => {
  const { status, stderr } = bootstrap(undefined, 1);
  assert.equal(status, 1);
  assert.match(stderr, /npm says this\nThe dependencies could not be installed: npm ci failed \(see above\)\./);
});
