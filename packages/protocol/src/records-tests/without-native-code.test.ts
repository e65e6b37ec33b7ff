import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { checkBatchBytes, readRecords } from "../records/index.ts";
import { loadGoldenCases } from "./golden-batch.ts";

/** Run by a process of its own, where the packages with native code cannot be loaded. Writes what it packs in hex. */
const PROGRAM = `
  import { registerHooks } from "node:module";
  const native = /^(snappy|@node-rs\\/crc32)/;
  registerHooks({ resolve(name, context, next) {
    if (native.test(name)) throw new Error("There is no such package here.");
    return next(name, context);
  } });
  const { CODEC_NAMES, crc32cImplementation, readRecords, recompressBatch } = await import(${JSON.stringify(join(import.meta.dirname, "../records/index.ts"))});
  const { loadGoldenCases } = await import(${JSON.stringify(join(import.meta.dirname, "golden-batch.ts"))});
  const out = [];
  for (const { bytes } of loadGoldenCases()) {
    const batch = Buffer.from(bytes, "hex");
    readRecords(batch);
    for (const codec of CODEC_NAMES) out.push(recompressBatch(batch, 0, codec).toString("hex"));
  }
  console.log(JSON.stringify({ crc: crc32cImplementation(), out }));
`;

test("without native code every codec reads what Java wrote, and writes what native code reads", () => {
  const output = execFileSync(process.execPath, ["--conditions=source", "--input-type=module", "--eval", PROGRAM], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const { crc, out } = JSON.parse(output) as { readonly crc: string; readonly out: readonly string[] };
  assert.equal(crc, "script");
  const expected = loadGoldenCases().flatMap(({ bytes }) => Array.from({ length: 5 }, () => Buffer.from(bytes, "hex")));
  assert.equal(out.length, expected.length);
  for (const [i, packed] of out.entries()) {
    const batch = Buffer.from(packed, "hex");
    assert.equal(checkBatchBytes(batch), null);
    assert.deepEqual(readRecords(batch), readRecords(expected[i]!));
  }
});
