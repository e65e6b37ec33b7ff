import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { lintFiles } from "@ottla/expert";
import type { CommandContext } from "../../command.ts";
import { fixFiles } from "./fix-files.ts";
import { readText } from "./read-text.ts";

const folder = mkdtempSync(join(tmpdir(), "ottla-fix-files-"));
after(() => rmSync(folder, { recursive: true }));

const TEXT = "bootstrap.servers=a:1,b:1,c:1\nsecurity.protocol=SSL\nclient.id=x\nacks=1\n";

/** Mends the file as one that was judged with that digest. */
async function fixWith(path: string, digest: string, text = TEXT): Promise<{ readonly status: number; readonly stderr: string }> {
  const { findings } = await lintFiles([{ path, text }]);
  let stderr = "";
  const context = {
    options: { has: () => true },
    stdout: { write: () => true },
    stderr: { write: (text: string) => (stderr += text) },
    signal: new AbortController().signal,
  } as unknown as CommandContext;
  const status = await fixFiles(context, {
    findings,
    notChecked: [],
    documents: 1,
    leftOut: 0,
    options: {},
    digests: new Map([[path, digest]]),
  });
  return { status, stderr };
}

test("a file that changed since it was judged is left alone, and nothing is left beside one that is mended", async () => {
  const path = join(folder, "p.properties");
  writeFileSync(path, TEXT);
  const changed = await fixWith(path, "another");
  assert.equal(changed.status, 1);
  assert.match(changed.stderr, /changed since it was judged; run again/);
  assert.equal(readFileSync(path, "utf8"), TEXT);
  const read = await readText(path);
  assert.equal((await fixWith(path, "digest" in read ? read.digest : "")).status, 0);
  assert.equal(readFileSync(path, "utf8"), TEXT.replace("acks=1", "acks=all"));
  assert.deepEqual(readdirSync(folder), ["p.properties"]);
});

test("a file in which nothing can be changed is told with the reason of each rule", async () => {
  const path = join(folder, "one-host.properties");
  const text = TEXT.replace("a:1,b:1,c:1", "a:1").replace("acks=1", "acks=all\nacks=all");
  writeFileSync(path, text);
  const { stderr } = await fixWith(path, "any", text);
  assert.match(stderr, /one-host\.properties:1 PRD-17: which hosts there are the file does not say$/m);
  assert.match(stderr, /one-host\.properties:5 CFG-04: which of the places was meant, its author knows$/m);
});
