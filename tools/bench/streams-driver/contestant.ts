import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startStreamsProgram } from "@ottla/conformance/kafka/java-tool";
import { type Child, startChild } from "@ottla/conformance/process/child";
import type { ShapeName } from "./shapes.ts";
import type { Turn } from "./turn.ts";

/** What a process is given. */
export interface Work {
  readonly shape: ShapeName;
  readonly inputFile: string;
  /** For what Java's driver leaves on the disk. */
  readonly folder: string;
}

/** The collector that costs least processor time, and a heap that holds a turn easily. */
const JVM = ["-Xms1g", "-Xmx1g", "-XX:+UseSerialGC", "-Xshare:auto"];
const ourProcess = fileURLToPath(new URL("driver-process.ts", import.meta.url));

/** One driver in a process that stays for all its turns. */
export class Contestant {
  readonly #child: Child;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: Child) {
    this.#child = child;
    this.#lines = createInterface({ input: child.process.stdout! })[Symbol.asyncIterator]();
    // What goes wrong with a process is told by its end.
    child.process.stdin!.on("error", () => {});
  }

  /** With a folder, a profile of its processor time is there when it has been closed. */
  static ours({ shape, inputFile }: Work, profileFolder?: string): Contestant {
    const profile = profileFolder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileFolder}`];
    const args = ["--conditions=source", "--expose-gc", ...profile, ourProcess, shape, inputFile];
    return new Contestant(startChild(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"] }));
  }

  static async java({ shape, inputFile, folder }: Work): Promise<Contestant> {
    return new Contestant(await startStreamsProgram("DriverBench", [shape, inputFile, folder], { jvm: JVM }));
  }

  async turn(): Promise<Turn> {
    return (await this.#ask("turn")) as Turn;
  }

  /** What a turn of ours allocated per record, function by function, as text. */
  async allocations(): Promise<string> {
    return (await this.#ask("allocations")) as string;
  }

  async close(): Promise<void> {
    this.#child.process.stdin!.end();
    await this.#child.exited;
  }

  async #ask(line: string): Promise<unknown> {
    this.#child.process.stdin!.write(`${line}\n`);
    const { done, value } = await this.#lines.next();
    if (done === true) throw new Error(`The process ended before its turn did: ${this.#child.outputTail().slice(-2000)}`);
    return JSON.parse(value);
  }
}
