import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { cacheRoot } from "../paths.ts";
import { type Child, runCommand, startChild } from "./child.ts";
import { findFreePorts } from "./free-port.ts";
import { MissingProgramError, requireProgram } from "./system-package.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./temporary-folder.ts";
import { waitUntil } from "./wait-until.ts";

const VERSION = "v1.24.0";

/** A FerretDB of one test, over SQLite's files: it speaks MongoDB's protocol, and has no change streams. */
export interface RunningFerretdb {
  readonly uri: string;
  /** SIGKILL and a new start on what it kept. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

export async function startFerretdb(): Promise<RunningFerretdb> {
  const program = await requireFerretdb();
  const folder = makeTemporaryFolder("ferretdb");
  const [port = 0] = await findFreePorts(1);
  const address = `127.0.0.1:${port}`;
  const settings = [
    "--handler=sqlite",
    `--sqlite-url=file:${folder}/`,
    `--listen-addr=${address}`,
    "--debug-addr=-",
    `--state-dir=${folder}`,
    "--telemetry=disable",
  ];
  const start = async (): Promise<Child> => {
    const child = startChild(program, settings);
    await waitUntil("FerretDB is ready", () => child.outputTail().includes("Listening on TCP"), { timeoutMs: 20_000, everyMs: 5 });
    return child;
  };
  let child = await start();
  return {
    uri: `mongodb://${address}/`,
    async crash() {
      await child.kill();
      child = await start();
    },
    async stop() {
      await child.kill();
      removeTemporaryFolder(folder);
    },
  };
}

/** Builds it once from the module of Go's proxy, which lacks the file that says its version. */
async function requireFerretdb(): Promise<string> {
  const folder = `${cacheRoot}/ferretdb-${VERSION}`;
  const program = `${folder}/ferretdb`;
  if (existsSync(program)) return program;
  await requireProgram("go", "golang");
  const module = await runCommand("go", ["mod", "download", "-json", `github.com/FerretDB/FerretDB@${VERSION}`], { timeoutMs: 300_000 });
  if (module.status !== 0) throw new MissingProgramError(`FerretDB could not be fetched: ${module.stderr.trim().slice(-300)}`);
  const { Dir: source } = JSON.parse(module.stdout) as { readonly Dir: string };
  const build = `${folder}/source`;
  rmSync(build, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(source, build, { recursive: true });
  await runCommand("chmod", ["-R", "u+w", build]);
  writeFileSync(`${build}/build/version/version.txt`, `${VERSION}\n`);
  const built = await runCommand("go", ["build", "-C", build, "-o", program, "./cmd/ferretdb"], { timeoutMs: 900_000 });
  rmSync(build, { recursive: true, force: true });
  if (built.status !== 0) throw new MissingProgramError(`FerretDB could not be built: ${built.stderr.trim().slice(-300)}`);
  return program;
}
