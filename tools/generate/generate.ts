/**
 * Writes the codecs of `packages/protocol/src/generated` from the spec files, and what is written in WebAssembly's text.
 *
 *   npm run gen               writes them
 *   npm run gen -- --check    writes nothing; status 1 and the names of the files that would change
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { emitAssembled } from "./assemble.ts";
import { emitApiKeys } from "./emit-api-keys.ts";
import { emitApi, emitData } from "./emit-module.ts";
import { type ApiSpec, type DataSpec, kebabCase } from "./spec.ts";

const protocol = join(import.meta.dirname, "../../packages/protocol");
const generated = join(protocol, "src/generated");

function readSpecs<T>(folder: string): { readonly source: string; readonly spec: T }[] {
  const files = readdirSync(join(protocol, "spec", folder)).sort();
  return files.map((file) => ({
    source: `${folder}/${file}`,
    spec: JSON.parse(readFileSync(join(protocol, "spec", folder, file), "utf8")) as T,
  }));
}

/** Every generated file by its path. */
async function generate(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const apis = readSpecs<ApiSpec>("apis");
  for (const { spec, source } of apis) files.set(join(generated, "apis", `${kebabCase(spec.name)}.ts`), emitApi(spec, source));
  for (const { spec, source } of readSpecs<DataSpec>("data"))
    files.set(join(generated, "data", `${kebabCase(spec.message.name)}.ts`), emitData(spec, source));
  files.set(join(generated, "api-keys.ts"), emitApiKeys(apis.map(({ spec }) => spec)));
  for (const name of ["lz4-packer", "lz4-unpacker"]) {
    const text = `packages/protocol/src/compression/${name}.wat`;
    const constant = `${name.toUpperCase().replace("-", "_")}_WASM`;
    files.set(join(generated, `${name}.ts`), await emitAssembled(join(protocol, "../..", text), constant, text));
  }
  return files;
}

function existingFiles(): string[] {
  if (!existsSync(generated)) return [];
  return readdirSync(generated, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(generated, file));
}

const wanted = await generate();
const stale = existingFiles().filter((file) => !wanted.has(file));
const changed = [...wanted].filter(([file, text]) => !existsSync(file) || readFileSync(file, "utf8") !== text);

if (process.argv.includes("--check")) {
  for (const file of [...stale, ...changed.map(([path]) => path)])
    console.error(`${relative(process.cwd(), file)} is not what the spec gives. Run npm run gen.`);
  process.exitCode = stale.length + changed.length > 0 ? 1 : 0;
} else {
  for (const file of stale) rmSync(file);
  for (const [file, text] of changed) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
