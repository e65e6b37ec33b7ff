import { OttlaError } from "@ottla/base";
import { readRegularFileSync } from "@ottla/base/node";
import { ConnectError } from "../connect-error.ts";

/** Hundreds of authorities. */
const BYTES_MAX = 4 * 1024 * 1024;

/**
 * Certificates or a key that a setting names a file of; undefined where it names none. What has no end or no writer (a device, a pipe) is not read.
 * @throws ConnectError `CONNECT_CONFIG` that names the setting and the file
 */
export function pemFile(path: string | null | undefined, setting: string): string | undefined {
  if (path === undefined || path === null || path === "") return undefined;
  try {
    return readRegularFileSync(path, BYTES_MAX).toString("utf8");
  } catch (error) {
    const why = error instanceof OttlaError ? error.message : ((error as NodeJS.ErrnoException).code ?? "no reason given");
    throw new ConnectError("CONNECT_CONFIG", `${setting} names ${path}, and the file cannot be read: ${why}.`, { cause: error });
  }
}
