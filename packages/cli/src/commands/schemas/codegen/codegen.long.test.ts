import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { GeneratedCode } from "./testing/generated-code.ts";

let made: GeneratedCode;
before(async () => {
  made = await GeneratedCode.make();
});
after(() => made.dispose());

test("generated types compile under strict, and refuse what serdes would refuse", async () => {
  const compilerOptions = {
    noEmit: true,
    composite: false,
    declaration: false,
    declarationMap: false,
    allowImportingTsExtensions: true,
    rewriteRelativeImportExtensions: false,
  };
  const config = { extends: join(made.root, "tsconfig.base.json"), compilerOptions, include: ["use.ts", "schemas"] };
  writeFileSync(join(made.folder, "tsconfig.json"), JSON.stringify(config));
  const compiler = join(made.root, "node_modules/.bin/tsc");
  const { stdout } = await promisify(execFile)(compiler, ["-p", made.folder]).catch(
    (error: unknown) => error as { readonly stdout: string },
  );
  assert.equal(stdout, "");
});
