import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from "node:fs";
import { open } from "node:fs/promises";
import { OttlaError } from "../errors.ts";

/**
 * The text of a file that a user named, off the loop. What has no end, or may keep its reader waiting (a device, a pipe), is not read, nor what is large.
 * @throws OttlaError `FILE_REFUSED` with a reason that goes on behind "and"; the system's own error where it cannot be opened or read
 */
export async function readRegularFile(path: string, bytesMax: number): Promise<string> {
  // Without O_NONBLOCK a pipe that nobody writes to would not even open.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    requireSmall(await file.stat(), bytesMax);
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

/** The same at once, in bytes: for what is read at a start. Errors as those of {@link readRegularFile}. */
export function readRegularFileSync(path: string, bytesMax: number): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    requireSmall(fstatSync(file), bytesMax);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function requireSmall(found: Stats, bytesMax: number): void {
  if (!found.isFile()) throw new OttlaError("FILE_REFUSED", "it is no file");
  if (found.size > bytesMax) throw new OttlaError("FILE_REFUSED", `it has more than ${bytesMax} bytes`);
}
