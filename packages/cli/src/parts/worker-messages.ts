import { OttlaError, printableJson } from "@ottla/base";
import type { logLevels } from "@ottla/base/node";
import type { PartReport, PartSettings } from "./part.ts";

/** What a part's thread is made with; it loads the module at once. */
export interface WorkerModule {
  /** As `loadPart` takes it. */
  readonly module: string;
  /** Where compiled code is kept; undefined where it is not. */
  readonly compileCache: string | undefined;
}

/** What a part is started with. */
export interface WorkerStart {
  readonly host: string;
  readonly port: number;
  readonly addresses: Readonly<Record<string, string>>;
  readonly settings: PartSettings;
  readonly terminal: { readonly isTTY: boolean; readonly columns: number | undefined };
}

/** From the part's thread. `print` and `log` are taken into account, so that a part that says too much cannot fill the memory. */
export type FromPart =
  | { readonly type: "ready"; readonly report: PartReport }
  | { readonly type: "failed"; readonly error: ErrorMessage }
  | { readonly type: "stopped"; readonly error: ErrorMessage | undefined }
  | { readonly type: "print"; readonly text: string }
  | {
      readonly type: "log";
      readonly level: (typeof logLevels)[number];
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };

/** To the part's thread. `heard`: so many lines were taken. */
export type ToPart =
  | { readonly type: "start"; readonly start: WorkerStart }
  | { readonly type: "stop" }
  | { readonly type: "heard"; readonly count: number };

/** An error on its way between threads. */
export interface ErrorMessage {
  readonly code: string;
  readonly message: string;
}

/** An error as a message; what has no code is a fault of the part. */
export function errorMessage(error: unknown): ErrorMessage {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "PART_FAILED";
  return { code, message: error instanceof Error ? error.message : String(error) };
}

/** The error that a message stands for. */
export function errorOf({ code, message }: ErrorMessage): OttlaError {
  return new OttlaError(code, message);
}

/** A log field that can change threads. */
export function portableField(value: unknown): unknown {
  if (value instanceof Error) return errorOf(errorMessage(value));
  if (typeof value === "object" && value !== null) return printableJson(value);
  return typeof value === "function" || typeof value === "symbol" ? String(value) : value;
}
