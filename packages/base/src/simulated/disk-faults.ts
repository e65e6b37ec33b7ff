import type { DiskErrorCode } from "../seams/disk.ts";
import { treeError } from "./directory-tree.ts";

/** The operations of a disk that can be counted and made to fail. */
export const DISK_OPERATIONS = [
  "open",
  "read",
  "append",
  "write",
  "truncate",
  "sync",
  "list",
  "rename",
  "remove",
  "makeDirectory",
  "syncDirectory",
  "replaceFile",
  "lock",
] as const;

/** What of a simulated disk can be made to fail. */
export type DiskOperation = (typeof DISK_OPERATIONS)[number];

/** Operations that will fail. */
export interface DiskFault {
  readonly operation: DiskOperation;
  /** Only on paths that contain this text. Default: all. */
  readonly path?: string;
  /** Default `DISK_IO`. */
  readonly code?: DiskErrorCode;
  /** How many matching operations still succeed first. Default 0. */
  readonly after?: number;
  /** How many then fail. Default 1; `Infinity` for all. */
  readonly times?: number;
  /** For `append`, `write` and `replaceFile`: so many bytes are written all the same. Default 0. */
  readonly partialBytes?: number;
}

interface ArmedFault {
  readonly fault: DiskFault;
  toPass: number;
  toFail: number;
}

/** What is to go wrong, and how often each operation was called. */
export class DiskFaults {
  #armed: ArmedFault[] = [];
  readonly #counts = new Map<DiskOperation, number>();

  /** Returns a function that takes the fault back. */
  arm(fault: DiskFault): () => void {
    const armed = { fault, toPass: fault.after ?? 0, toFail: fault.times ?? 1 };
    this.#armed.push(armed);
    return () => {
      this.#armed = this.#armed.filter((other) => other !== armed);
    };
  }

  count(operation: DiskOperation): number {
    return this.#counts.get(operation) ?? 0;
  }

  /** Counts the call; throws when it is to fail, after `partial` has done what a half-failed write does. */
  check(operation: DiskOperation, path: string, partial: (byteLength: number) => void = () => {}): void {
    this.#counts.set(operation, this.count(operation) + 1);
    for (const armed of this.#armed) {
      const { fault } = armed;
      if (fault.operation !== operation || !path.includes(fault.path ?? "")) continue;
      if (armed.toPass-- > 0 || armed.toFail-- <= 0) continue;
      partial(fault.partialBytes ?? 0);
      const code = fault.code ?? "DISK_IO";
      throw treeError(code, operation, path, `this fault was asked for (${code})`);
    }
  }
}
