import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../workspaces.ts";
import type { FileOutcome } from "./file-outcome.ts";

/** How long each test file took when it ran last, on this machine; kept by itself, and nothing but the order depends on it. */
const TIMES = join(root, "node_modules", ".cache", "test-times.json");

/** Those that took longest come first, so that no process is left with a long one when the others are done; and first of all those nobody knows. */
export function longestFirst(files: readonly string[]): string[] {
  const times = readTimes();
  const timeOf = (file: string): number => times[file] ?? Number.MAX_VALUE;
  return [...files].sort((a, b) => timeOf(b) - timeOf(a));
}

export function keepTimes(outcomes: readonly FileOutcome[], existing: readonly string[]): void {
  const times = readTimes();
  for (const { file, isGood, wallMs } of outcomes) if (isGood) times[file] = Math.round(wallMs);
  const kept = Object.fromEntries(existing.filter((file) => times[file] !== undefined).map((file) => [file, times[file]]));
  mkdirSync(dirname(TIMES), { recursive: true });
  writeFileSync(TIMES, `${JSON.stringify(kept, null, 1)}\n`);
}

function readTimes(): Record<string, number> {
  try {
    return JSON.parse(readFileSync(TIMES, "utf8")) as Record<string, number>;
  } catch {
    return {};
  }
}
