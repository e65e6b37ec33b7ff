import { DiskError, type DiskErrorCode, OttlaError } from "@ottla/base";
import { LogError, type LogErrorCode } from "../errors.ts";
import type { CleanJob, MappedKeys, RewrittenGroup, SegmentGroup } from "./clean-job.ts";
import { CleaningStopped } from "./log-cleaning.ts";

/** What a thread is started with, so that it knows what it is for. */
export const CLEANER_THREAD = "ottla log cleaner";

/** To a thread. `begin`, `map` and `rewrite` are answered, one after another; `remove` whenever it is done. */
export type ToThread =
  | { readonly type: "begin"; readonly job: CleanJob }
  | { readonly type: "map" }
  | { readonly type: "rewrite"; readonly group: SegmentGroup; readonly mapEndOffset: number }
  | { readonly type: "rate"; readonly bytesPerSecond: number }
  | { readonly type: "remove"; readonly path: string }
  | { readonly type: "stop" }
  | { readonly type: "end" };

/** What a step ended with. */
export type StepResult = MappedKeys | RewrittenGroup | undefined;

/** From a thread: how the step that was asked for ended, or the removal of a file. */
export type FromThread =
  | { readonly type: "done"; readonly result: StepResult }
  | { readonly type: "failed"; readonly error: PortableError }
  | { readonly type: "removed"; readonly path: string; readonly error: PortableError | undefined };

/** An error on its way between threads. */
export interface PortableError {
  readonly kind: "stopped" | "disk" | "log" | "other";
  readonly code: string;
  readonly path: string;
  readonly message: string;
}

export function portableError(error: unknown): PortableError {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof CleaningStopped) return { kind: "stopped", code: "", path: "", message };
  if (error instanceof DiskError) return { kind: "disk", code: error.code, path: error.path, message };
  if (error instanceof LogError) return { kind: "log", code: error.code, path: error.path, message };
  return { kind: "other", code: error instanceof OttlaError ? error.code : "CLEANER_FAILED", path: "", message };
}

export function errorFrom({ kind, code, path, message }: PortableError): Error {
  if (kind === "stopped") return new CleaningStopped(message);
  if (kind === "disk") return new DiskError(code as DiskErrorCode, path, message);
  if (kind === "log") return new LogError(code as LogErrorCode, path, message);
  return new OttlaError(code, message);
}
