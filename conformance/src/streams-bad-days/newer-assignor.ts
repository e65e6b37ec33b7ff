// node --import this file: what this instance tells the others of its group is of the next version, with a field that the present one does not know, as a later release would have it.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { repositoryRoot } from "../paths.ts";

const FILE = `${repositoryRoot}packages/streams/src/application/assignment/member-data.ts`;
const source = readFileSync(FILE, "utf8");
const newer = source
  .replace("const VERSION = 1;", "const VERSION = 2;")
  .replaceAll(
    "  return writer.toBuffer();",
    '  writeField(writer, 99, (field) => field.utf8("of a later release"));\n  return writer.toBuffer();',
  );
if (!newer.includes("const VERSION = 2;") || newer.split("of a later release").length !== 3)
  throw new Error(`${FILE} is not as it was when this was written.`);
const target = pathToFileURL(FILE).href;
registerHooks({
  load: (url, context, next) =>
    url.split("?")[0] === target ? { format: "module-typescript", source: newer, shortCircuit: true } : next(url, context),
});
