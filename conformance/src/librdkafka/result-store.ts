import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { ClusterKind } from "../cluster.ts";
import { cacheRoot } from "../paths.ts";
import type { TestResult } from "./judge-output.ts";

/**
 * The last result of each test against one kind of cluster, one file each, beside the suite's output: a run of a few tests leaves the
 * others' results standing, and one that is broken off has lost nothing.
 */
export class ResultStore {
  readonly folder: string;

  /** `variant` names results of the suite in another mode. */
  constructor(kind: ClusterKind, variant?: string) {
    this.folder = `${cacheRoot}/librdkafka-output-${kind}${variant === undefined ? "" : `-${variant}`}`;
    mkdirSync(this.folder, { recursive: true });
  }

  #file(name: string, extension: string): string {
    return `${this.folder}/${name.replace(":", ".")}.${extension}`;
  }

  save(result: TestResult, output: string): void {
    writeFileSync(this.#file(result.name, "txt"), output);
    writeFileSync(this.#file(result.name, "json"), JSON.stringify(result));
  }

  find(name: string): TestResult | undefined {
    const file = this.#file(name, "json");
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as TestResult) : undefined;
  }
}
