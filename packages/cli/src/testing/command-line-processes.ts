import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";

/** As users start it: the bundle, made anew where a source is newer. */
const main = fileURLToPath(new URL("../../bin/ottla.js", import.meta.url));

/** What `ottla dev --json` says when it is ready. */
export interface ReadyLine {
  readonly ready: boolean;
  readonly pid: number;
  readonly bootstrap: string;
  readonly faults?: string;
  readonly registry?: string;
  readonly connect?: string;
  readonly console?: string;
}

/** The first line of a process that was started with `--json`. */
export async function readyLine({ stdout }: { readonly stdout: Readable }): Promise<ReadyLine> {
  const [line] = (await once(stdout, "data")) as [Buffer];
  return JSON.parse(String(line)) as ReadyLine;
}

/** Processes and a temporary folder of a test file, gone when it ends. */
export function useProcesses(): { readonly processes: CommandLineProcesses; readonly folder: () => string } {
  const processes = new CommandLineProcesses();
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "ottla-main-"));
  });
  after(() => {
    processes.killAll();
    rmSync(folder, { recursive: true });
  });
  return { processes, folder: () => folder };
}

/** Processes of the command line. What a test leaves running is ended with it. */
export class CommandLineProcesses {
  readonly #children = new Set<ChildProcess>();

  start(...words: string[]) {
    const child = spawn(process.execPath, ["--conditions=source", main, ...words], { stdio: ["pipe", "pipe", "pipe"] });
    this.#children.add(child);
    return child;
  }

  /** A command that its parent has a channel to; it ends when the parent does. */
  startChild(...words: string[]) {
    const child = spawn(process.execPath, ["--conditions=source", main, ...words], { stdio: ["ignore", "pipe", "pipe", "ipc"] });
    this.#children.add(child);
    return child as ChildProcess & { readonly stdout: Readable; readonly stderr: Readable };
  }

  /** A command on streams of the caller's, by descriptor. */
  startOn({ words, stdin, stdout }: { readonly words: readonly string[]; readonly stdin?: number; readonly stdout?: number }) {
    const child = spawn(process.execPath, ["--conditions=source", main, ...words], {
      stdio: [stdin ?? "ignore", stdout ?? "pipe", "pipe"],
    });
    this.#children.add(child);
    return child;
  }

  killAll(): void {
    for (const child of this.#children) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  }
}

/** Standard output and standard error until the end, and the status. */
export async function outcome(child: ChildProcess): Promise<{ status: number | null; stdout: string; stderr: string }> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (piece) => (stdout += String(piece)));
  child.stderr?.on("data", (piece) => (stderr += String(piece)));
  const [status] = (await once(child, "close")) as [number | null];
  return { status, stdout, stderr };
}
