import { createReadStream, fstatSync } from "node:fs";

const STDIN_FD = 0;

/**
 * Standard input. Node gives an empty one in place of what it does not know how to read, such as a directory: here that is read as a file, so that it fails as
 * the system says.
 */
export function standardInput(): NodeJS.ReadStream {
  return isUnreadable(STDIN_FD)
    ? (createReadStream("", { fd: STDIN_FD, autoClose: false }) as unknown as NodeJS.ReadStream)
    : process.stdin;
}

function isUnreadable(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isDirectory() || stat.isBlockDevice();
  } catch {
    return false;
  }
}
