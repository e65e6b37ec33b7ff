import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { cacheRoot } from "../paths.ts";
import { runCommand } from "../process/child.ts";
import { requireHeader, requireProgram } from "../process/system-package.ts";

const PACKAGE = "@confluentinc/kafka-javascript@1.10.1";
const DEBIAN_PACKAGES = "gcc g++ make python3 libssl-dev zlib1g-dev libsasl2-dev libzstd-dev";
const buildRoot = `${cacheRoot}/librdkafka`;
const sourceFolder = `${buildRoot}/package/deps/librdkafka`;

async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const result = await runCommand(command, args, { cwd, timeoutMs: 1_800_000 });
  if (result.status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${(result.stdout + result.stderr).slice(-2_000)}`);
  return result.stdout;
}

async function unpack(): Promise<void> {
  if (existsSync(`${sourceFolder}/configure`)) return;
  rmSync(buildRoot, { recursive: true, force: true });
  mkdirSync(buildRoot, { recursive: true });
  const tarball = (await run("npm", ["pack", "--silent", PACKAGE], buildRoot)).trim().split("\n").at(-1) ?? "";
  await run("tar", ["xzf", tarball], buildRoot);
}

/** A built librdkafka test-suite. */
export interface LibrdkafkaSuite {
  /** Where `test-runner` must run. */
  readonly testFolder: string;
  /** For LD_LIBRARY_PATH. */
  readonly libraryPath: string;
  readonly version: string;
}

/** Fetches librdkafka with its tests from the npm tarball and builds both, once (about three CPU-minutes), into `.cache/librdkafka`. */
export async function requireLibrdkafkaSuite(): Promise<LibrdkafkaSuite> {
  const marker = `${buildRoot}/built.json`;
  if (!existsSync(marker)) {
    for (const program of ["gcc", "g++", "make", "python3"]) await requireProgram(program, DEBIAN_PACKAGES);
    // 0053 and 0110 read statistics with it, and skip themselves without.
    await requireHeader("rapidjson/schema.h", "rapidjson-dev");
    await unpack();
    const jobs = `-j${availableParallelism()}`;
    // Without syslog and curl: neither is needed, and curl would pull further sources.
    await run("./configure", ["--disable-curl", "--disable-syslog"], sourceFolder);
    await run("make", [jobs, "libs"], sourceFolder);
    await run("make", [jobs, "-C", "tests", "build"], sourceFolder);
    const header = readFileSync(`${sourceFolder}/src/rdkafka.h`, "utf8");
    const number = /#define RD_KAFKA_VERSION\s+0x([0-9a-f]{8})/.exec(header)?.[1] ?? "00000000";
    const version = [0, 2, 4].map((at) => Number.parseInt(number.slice(at, at + 2), 16)).join(".");
    writeFileSync(marker, JSON.stringify({ version }));
  }
  const { version } = JSON.parse(readFileSync(marker, "utf8")) as { version: string };
  return { testFolder: `${sourceFolder}/tests`, libraryPath: `${sourceFolder}/src:${sourceFolder}/src-cpp`, version };
}
