import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "../workspaces.ts";

/** An `ottla dev` of this checkout in a process of its own, its files in memory, or in a folder of its own on the disk, which goes with it. */
export class BrokerUnderTest {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly #child: ChildProcess;
  /** On the disk; undefined in memory. */
  readonly #folder: string | undefined;
  #errors = "";

  private constructor(child: ChildProcess, ready: { readonly bootstrap: string; readonly pid: number }, folder: string | undefined) {
    this.#child = child;
    this.#folder = folder;
    this.pid = ready.pid;
    const colon = ready.bootstrap.lastIndexOf(":");
    this.host = ready.bootstrap.slice(0, colon);
    this.port = Number(ready.bootstrap.slice(colon + 1));
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString()).slice(-20_000);
    });
  }

  static async start(files: "memory" | "disk", ...options: readonly string[]): Promise<BrokerUnderTest> {
    const folder = files === "disk" ? mkdtempSync(join(tmpdir(), "ottla-stalls-")) : undefined;
    const place = folder === undefined ? ["--memory"] : ["--data-dir", folder];
    const args = [join(root, "packages/cli/bin/ottla.js"), "dev", "--json", ...place, "--port", "0", "--only", "broker", ...options];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    for await (const line of createInterface({ input: child.stdout })) return new BrokerUnderTest(child, JSON.parse(line), folder);
    throw new Error(`The broker did not start (status ${child.exitCode}).`);
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The end of what it wrote to standard error. */
  get errors(): string {
    return this.#errors;
  }

  /** Resident memory now and at its highest, in MiB; 0 where the system does not tell. */
  get memoryMib(): { readonly now: number; readonly highest: number } {
    try {
      const status = readFileSync(`/proc/${this.pid}/status`, "latin1");
      const read = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
      return { now: read("VmRSS"), highest: read("VmHWM") };
    } catch {
      return { now: 0, highest: 0 };
    }
  }

  async stop(): Promise<void> {
    if (!this.isAlive) return;
    const closed = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 15_000);
    await closed;
    clearTimeout(timer);
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}
