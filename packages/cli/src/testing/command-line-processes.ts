import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

/** Processes of the command line. What a test leaves running is ended with it. */
export class CommandLineProcesses {
  readonly #children = new Set<ChildProcess>();

  start(...words: string[]) {
    const child = spawn(process.execPath, ["--conditions=source", main, ...words], { stdio: ["pipe", "pipe", "pipe"] });
    this.#children.add(child);
    return child;
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
