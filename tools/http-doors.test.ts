import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isTestCode, sourceFiles } from "./source-files.ts";
import { root } from "./workspaces.ts";

/** Sources whose servers of HTTP are not paced: they import from where such servers are made, and make one. */
function unpaced(path: string, text: string): boolean {
  const makers = [...text.matchAll(/import \{([^}]*)\} from "node:https?"/g)].flatMap(([, names = ""]) =>
    names.split(",").flatMap((each) => /^\s*createServer(?: as (\w+))?\s*$/.exec(each)?.slice(1) ?? []),
  );
  const made = makers.reduce((count, alias) => count + text.split(`${alias ?? "createServer"}(`).length - 1, 0);
  const paced = text.split("paceServer(").length - 1;
  return made > 0 && paced === 0 && !isTestCode(path);
}

test("every server of HTTP reads its connections piece by piece", () => {
  const isMaker = 'import { createServer } from "node:http";\nconst server = createServer(times, listener);\n';
  assert.equal(unpaced("a.ts", isMaker), true);
  assert.equal(unpaced("a.ts", `${isMaker}paceServer(server);\n`), false);
  const paths = sourceFiles(["packages/*/src/**/*.ts"]);
  assert.deepEqual(
    paths.filter((path) => unpaced(path, readFileSync(join(root, path), "utf8"))),
    [],
  );
});
