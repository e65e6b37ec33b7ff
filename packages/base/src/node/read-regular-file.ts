import { constants } from "node:fs";
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
    const found = await file.stat();
    if (!found.isFile()) throw new OttlaError("FILE_REFUSED", "it is no file");
    if (found.size > bytesMax) throw new OttlaError("FILE_REFUSED", `it has more than ${bytesMax} bytes`);
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}
