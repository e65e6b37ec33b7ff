import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { root } from "../workspaces.ts";

/** An `ottla dev` of this checkout in a process of its own, its files in memory. */
export class BrokerUnderTest {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly #child: ChildProcess;
  #errors = "";

  private constructor(child: ChildProcess, ready: { readonly bootstrap: string; readonly pid: number }) {
    this.#child = child;
    this.pid = ready.pid;
    const colon = ready.bootstrap.lastIndexOf(":");
    this.host = ready.bootstrap.slice(0, colon);
    this.port = Number(ready.bootstrap.slice(colon + 1));
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString()).slice(-20_000);
    });
  }

  static async start(...options: readonly string[]): Promise<BrokerUnderTest> {
    const args = [join(root, "packages/cli/bin/ottla.js"), "dev", "--json", "--memory", "--port", "0", "--only", "broker", ...options];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    for await (const line of createInterface({ input: child.stdout })) return new BrokerUnderTest(child, JSON.parse(line));
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
  }
}
