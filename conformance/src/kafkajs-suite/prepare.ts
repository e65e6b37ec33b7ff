import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { repositoryRoot } from "../paths.ts";
import { overlay } from "./overlay.ts";

export const REPOSITORY = "https://github.com/tulios/kafkajs.git";
const TOOLS = [
  "jest@29.7.0",
  "jest-extended@4.0.2",
  "uuid@3.4.0",
  "semver@6.3.1",
  "execa@2.1.0",
  "jsonwebtoken@9.0.2",
  "glob@7.2.3",
  "mockdate@2.0.5",
];
const NATIVE = ["@node-rs/crc32@1.10.8", "snappy@7.4.3"];

/** As kafkajs's own set-up: quick groups, short sessions. */
export const clusterConfig = {
  "group.initial.rebalance.delay.ms": "0",
  "group.min.session.timeout.ms": "1",
  "num.partitions": "1",
  "auto.create.topics.enable": "true",
  "offsets.topic.num.partitions": "4",
};

/** kafkajs's repository in `folder`, with our module in place of its insides. */
export async function cloneKafkajs(folder: string, repository: string): Promise<void> {
  run(folder, "git", ["clone", "--quiet", "--depth", "1", repository, "."]);
  writeFileSync(join(folder, "package.json"), '{"name": "specs", "private": true}\n');
  await build({
    entryPoints: [`${repositoryRoot}packages/client/src/kafkajs/index.ts`],
    bundle: true,
    platform: "node",
    format: "cjs",
    outfile: join(folder, "ottla.cjs"),
    conditions: ["source"],
    loader: { ".node": "copy" },
    define: { "import.meta.url": "moduleUrl" },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: "error",
  });
  for (const [path, text] of Object.entries(overlay)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** What its specs are run with. */
export function installSpecTools(folder: string): void {
  run(folder, "npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", ...TOOLS, ...NATIVE]);
  const setup = join(folder, "testHelpers", "setup.js");
  writeFileSync(setup, readFileSync(setup, "utf8").replace("require('jest-extended')", "require('jest-extended/all')"));
  const jest = {
    moduleNameMapper: { "^testHelpers$": "<rootDir>/testHelpers/index.js" },
    setupFilesAfterEnv: ["<rootDir>/testHelpers/setup.js"],
    testEnvironment: "node",
    testRegex: ".*\\.spec\\.js$",
    snapshotFormat: { escapeString: true, printBasicPrototype: true },
  };
  writeFileSync(join(folder, "jest.config.js"), `module.exports = ${JSON.stringify(jest)};\n`);
}

/** Kafkajs itself, beside what stands in for it. */
export function installKafkajs(folder: string): void {
  run(folder, "npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", "kafkajs@2.2.4"]);
}

/** What a process needs that loads it. */
export function kafkajsEnvironment(folder: string, bootstrap: string): Record<string, string> {
  return { BOOTSTRAP: bootstrap, OTTLA_BUNDLE: join(folder, "ottla.cjs"), KAFKA_VERSION: "2.4", NODE_ENV: "test" };
}

function run(folder: string, command: string, words: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: folder, encoding: "utf8", timeout: 600_000 });
  if (status !== 0) throw new Error(`"${command} ${words.join(" ")}" failed:\n${stdout}${stderr}`);
}
