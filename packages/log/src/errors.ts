import { OttlaError } from "@ottla/base";

/**
 * Why a data directory or a partition cannot be used.
 * - `LOG_CORRUPT`: something is wrong in a segment where it was known to be on the disk; nothing was changed.
 * - `DIRECTORY_FOREIGN`: another program's directory.
 * - `DIRECTORY_TOO_NEW`: written by a newer Ottla.
 * - `DIRECTORY_OTHER_CLUSTER`: it belongs to another cluster or node.
 * - `PARTITION_EXISTS`: the partition is already open in this store.
 * - `REMOTE_STORAGE`: the remote store failed, or took too long; it may work again.
 * - `LOG_CLOSED`: the partition was closed or deleted meanwhile.
 */
export type LogErrorCode =
  | "LOG_CORRUPT"
  | "DIRECTORY_FOREIGN"
  | "DIRECTORY_TOO_NEW"
  | "DIRECTORY_OTHER_CLUSTER"
  | "PARTITION_EXISTS"
  | "REMOTE_STORAGE"
  | "LOG_CLOSED";

/** A failed operation on a data directory. Codes: see {@link LogErrorCode}. A locked directory is a `DiskError` with `DISK_LOCKED`. */
export class LogError extends OttlaError {
  override readonly name = "LogError";
  override readonly code: LogErrorCode;
  /** The directory or file concerned. */
  readonly path: string;

  constructor(code: LogErrorCode, path: string, message: string, options?: { readonly cause?: unknown }) {
    super(code, message, options);
    this.code = code;
    this.path = path;
  }
}
