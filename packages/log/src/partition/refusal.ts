import { DiskError, MalformedBytesError } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import { LogError } from "../errors.ts";
import type { LogRefusal } from "./log-outcomes.ts";

export function refusal(errorCode: number, message: string): LogRefusal {
  return { kind: "rejected", errorCode, message };
}

/** A failure of the disk, or damage found on it, as an outcome. Anything else is a bug and thrown on. */
export function refusalOf(error: unknown): LogRefusal {
  if (error instanceof DiskError) return refusal(ErrorCode.KAFKA_STORAGE_ERROR, error.message);
  if (error instanceof LogError)
    return refusal(error.code === "LOG_CORRUPT" ? ErrorCode.CORRUPT_MESSAGE : ErrorCode.KAFKA_STORAGE_ERROR, error.message);
  if (error instanceof MalformedBytesError) return refusal(ErrorCode.CORRUPT_MESSAGE, error.message);
  throw error;
}
