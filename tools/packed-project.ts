import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packLibraries } from "./pack-libraries.ts";
import type { Runtime } from "./runtimes.ts";

const PUBLINT = "0.3.25";
const ATTW = "0.18.5";
const RUN_TIMEOUT_MS = 600_000;

/** How a program ended, and what it wrote. */
export interface Ended {
  readonly status: number | null;
  readonly output: string;
}

/** A stranger's folder in which libraries are installed from their tarballs and nothing of the checkout is there. Ends with `using`. */
export class PackedProject implements Disposable {
  readonly folder: string;
  readonly #tarballs: readonly string[];

  private constructor(folder: string, tarballs: readonly string[]) {
    this.folder = folder;
    this.#tarballs = tarballs;
  }

  /** Packs the libraries as npm would publish them and installs them with the runtimes and what else is named (`{ alias: "npm:name@version" }`). No script of a package is run. */
  static async install(
    libraries: readonly string[],
    runtimes: readonly Runtime[],
    others: Readonly<Record<string, string>> = {},
  ): Promise<PackedProject> {
    const folder = mkdtempSync(join(tmpdir(), "ottla-packed-"));
    try {
      const project = new PackedProject(folder, await packLibraries(folder, libraries));
      const dependencies = { ...others, ...Object.fromEntries(runtimes.map(({ alias, specifier }) => [alias, specifier])) };
      writeFileSync(join(folder, "package.json"), `${JSON.stringify({ name: "somebody", private: true, type: "module", dependencies })}\n`);
      const words = ["install", "--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts"];
      project.#done("npm", [...words, `publint@${PUBLINT}`, `@arethetypeswrong/cli@${ATTW}`, ...project.#tarballs]);
      return project;
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Holds each tarball against publint and attw; throws what they say. */
  lint(): void {
    for (const tarball of this.#tarballs) {
      this.#done(process.execPath, [join("node_modules", "publint", "src", "cli.js"), "--strict", tarball]);
      this.#done(process.execPath, [
        join("node_modules", "@arethetypeswrong", "cli", "dist", "index.js"),
        "--profile",
        "esm-only",
        tarball,
      ]);
    }
    console.log(`publint and attw have nothing to say against ${this.#tarballs.length} packages.`);
  }

  /** The program of a runtime that was installed. */
  program({ alias, program }: Runtime): string {
    return join(this.folder, "node_modules", alias, program);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  run(command: string, words: readonly string[]): Ended {
    const { status, stdout, stderr } = spawnSync(command, words, { cwd: this.folder, encoding: "utf8", timeout: RUN_TIMEOUT_MS });
    return { status, output: `${stdout}${stderr}` };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #done(command: string, words: readonly string[]): void {
    const { status, output } = this.run(command, words);
    if (status !== 0) throw new Error(`"${command} ${words.join(" ")}" failed:\n${output}`);
  }
}
