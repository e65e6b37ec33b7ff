import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { runCommand } from "../process/child.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../process/temporary-folder.ts";

const BYTES = 96 * 1024 * 1024;
const FILLER_STEP = Buffer.alloc(256 * 1024, 1);

/** The disk that instances keep their state on: a small one of its own, in memory, where this process may mount one (root on Linux); then it can be full. */
export interface StateDisk {
  readonly folder: string;
  readonly isSmall: boolean;
  /** Nothing more can be written. */
  fill(): void;
  free(): void;
  end(isClean: boolean): Promise<void>;
}

export async function openStateDisk(): Promise<StateDisk> {
  const folder = makeTemporaryFolder("streams-state");
  const mount = await runCommand("mount", ["-t", "tmpfs", "-o", `size=${BYTES}`, "tmpfs", folder]);
  const isSmall = mount.status === 0;
  const filler = `${folder}/filler`;
  mkdirSync(`${folder}/instances`, { recursive: true });
  return {
    folder: `${folder}/instances`,
    isSmall,
    fill() {
      const file = openSync(filler, "a");
      try {
        for (;;) writeSync(file, FILLER_STEP);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      } finally {
        closeSync(file);
      }
    },
    free() {
      if (existsSync(filler)) rmSync(filler);
    },
    async end(isClean) {
      if (isSmall && (isClean || process.exitCode === undefined)) await runCommand("umount", ["-l", folder]);
      if (isClean || isSmall) removeTemporaryFolder(folder);
    },
  };
}
