/**
 * `npm run test:nestjs`: NestJS's microservices over our client, against a broker of ours. Three ways: `examples/nestjs`, our transport in place of Nest's own; our transport at one end and Nest's own,
 * over kafkajs, at the other; Nest's own at both ends with `@ottla/client/kafkajs` where it looks for kafkajs. NestJS is installed in a temporary folder; programs are compiled as its users
 * compile them, with decorators.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@ottla/base";
import { startBroker } from "@ottla/broker";
import { type BuildOptions, build } from "esbuild";
import { root } from "./workspaces.ts";

const NEST = ["@nestjs/common@12.5.1", "@nestjs/core@12.5.1", "@nestjs/microservices@12.1.1", "reflect-metadata@0.2.2", "rxjs@7.8.2"];
const KAFKAJS = "kafkajs@2.2.4";
const PROGRAM_TIMEOUT_MS = 60_000;

interface Program {
  readonly title: string;
  readonly entry: string;
  readonly words: readonly string[];
  readonly folder: string;
  readonly expected: readonly string[];
}

const protocolPackage = join(root, "packages", "protocol", "package.json");
const common: BuildOptions = {
  bundle: true,
  platform: "node",
  conditions: ["source"],
  nodePaths: [join(root, "node_modules")],
  logLevel: "error",
};

const folder = mkdtempSync(join(tmpdir(), "ottla-nestjs-"));
const itsOwnOverOurs = join(folder, "its-own-over-ours");
const conversation = ["priced { price: 4 }", "counted 3, 2, 1", "refused gold is not for sale", "broke 1, broken", "placed tea"];
const programs: readonly Program[] = [
  {
    title: "our transport at both ends (examples/nestjs)",
    entry: example("app"),
    words: [],
    folder,
    expected: ["placed tea at offset 0", "price { price: 4 }", "refused { status: 'error', message: 'Internal server error' }"],
  },
  {
    title: "our service, a caller of Nest's own over kafkajs",
    entry: example("beside-nests-own"),
    words: ["ours", "nest"],
    folder,
    expected: conversation,
  },
  {
    title: "a service of Nest's own over kafkajs, our caller",
    entry: example("beside-nests-own"),
    words: ["nest", "ours"],
    folder,
    expected: conversation,
  },
  {
    title: "Nest's own at both ends, @ottla/client/kafkajs as its kafkajs",
    entry: example("beside-nests-own"),
    words: ["nest", "nest"],
    folder: itsOwnOverOurs,
    expected: conversation,
  },
];

try {
  install(folder, [...NEST, KAFKAJS]);
  await putOursInPlaceOfKafkajs(itsOwnOverOurs);
  let failed = 0;
  for (const each of programs) if (!(await succeeds(each))) failed++;
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function example(name: string): string {
  return join(root, "examples", "nestjs", `${name}.ts`);
}

function install(where: string, packages: readonly string[]): void {
  mkdirSync(where, { recursive: true });
  writeFileSync(join(where, "package.json"), '{"name": "somebody", "private": true, "type": "module"}\n');
  const { status, stderr } = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts", ...packages], {
    cwd: where,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${packages.join(" ")} could not be installed:\n${stderr}`);
}

/** An installation whose package `kafkajs` is our module. */
async function putOursInPlaceOfKafkajs(where: string): Promise<void> {
  install(where, NEST);
  const standIn = join(where, "node_modules", "kafkajs");
  mkdirSync(standIn);
  writeFileSync(join(standIn, "package.json"), '{"name": "kafkajs", "version": "2.2.4", "main": "index.cjs"}\n');
  await build({
    ...common,
    entryPoints: [join(root, "packages", "client", "src", "kafkajs", "index.ts")],
    format: "cjs",
    outfile: join(standIn, "index.cjs"),
    define: { "import.meta.url": "moduleUrl" },
    banner: { js: `const moduleUrl = require("node:url").pathToFileURL(${JSON.stringify(protocolPackage)}).href;` },
  });
}

async function succeeds({ title, entry, words, folder: where, expected }: Program): Promise<boolean> {
  const outfile = join(where, "program.js");
  await build({
    ...common,
    entryPoints: [entry],
    format: "esm",
    outfile,
    external: ["@nestjs/*", "rxjs", "reflect-metadata", "kafkajs"],
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
    banner: {
      js: `import { createRequire as makeRequire } from "node:module"; const require = makeRequire(${JSON.stringify(protocolPackage)});`,
    },
  });
  await using broker = await startBroker({ logger: silentLogger });
  const started = performance.now();
  const child = spawn(process.execPath, ["--disable-warning=TimeoutNegativeWarning", outfile, broker.bootstrap, ...words], {
    cwd: where,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const timer = setTimeout(() => child.kill("SIGKILL"), PROGRAM_TIMEOUT_MS);
  const status = await new Promise((resolve) => child.on("close", resolve).on("error", resolve));
  clearTimeout(timer);
  const isGood = status === 0 && output.trim() === expected.join("\n");
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(isGood ? `ok   ${title} (${seconds} s)` : `FAIL ${title}: it ended with ${String(status)} and printed\n${output}`);
  return isGood;
}
