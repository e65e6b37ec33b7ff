import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  promises,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Disk, DiskFile, DiskSpace, FileStat } from "../seams/disk.ts";
import { lockDirectory } from "./directory-lock.ts";
import { diskError, onDisk } from "./disk-errors.ts";
import { NodeDiskFile } from "./node-disk-file.ts";

/** So much of a large file is freed at once: about a millisecond of a processor. */
const CUT_BYTES = 2 * 1024 * 1024;
const CUT_PAUSE_MS = 4;

/** The machine's file system. */
export const nodeDisk: Disk = {
  open: (path) => openFile(path, constants.O_RDWR | constants.O_CREAT),
  openRead: (path) => openFile(path, constants.O_RDONLY),
  readFile: (path) => onDisk("read", path, () => readFileSync(path)),
  replaceFile,
  replace,
  list: (directory) => onDisk("list", directory, () => readdirSync(directory).sort()),
  stat,
  makeDirectory: (path) => onDisk("make directory", path, () => makeDirectory(path)),
  rename: (from, to) => onDisk(`rename to ${to}:`, from, () => renameSync(from, to)),
  remove: (path) => onDisk("remove", path, () => rmSync(path, { recursive: true, force: true })),
  removeInBackground,
  renameInBackground,
  makeDirectoryInBackground,
  syncDirectory,
  syncNames,
  space,
  cacheBytes: () => process.availableMemory() / 4,
  deviceReads: () => process.resourceUsage().fsRead,
  lockDirectory,
};

function space(directory: string): DiskSpace {
  const { bsize, blocks, bavail } = onDisk("look at", directory, () => statfsSync(directory));
  return { totalBytes: bsize * blocks, usableBytes: bsize * bavail };
}

function openFile(path: string, flags: number): DiskFile {
  return onDisk("open", path, () => {
    const descriptor = openSync(path, flags, 0o644);
    try {
      return new NodeDiskFile(path, descriptor, fstatSync(descriptor).size);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  });
}

function replaceFile(path: string, content: Uint8Array): void {
  onDisk("replace", path, () => {
    const temporary = `${path}.tmp`;
    writeFileSync(temporary, content, { flush: true });
    renameSync(temporary, path);
  });
  syncDirectory(dirname(path));
}

function stat(path: string): FileStat | undefined {
  const found = onDisk("look at", path, () => statSync(path, { throwIfNoEntry: false }));
  return found && { sizeBytes: found.size, modifiedMs: found.mtimeMs, isDirectory: found.isDirectory() };
}

async function replace(path: string, content: Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    await promises.writeFile(temporary, content, { flush: true });
    await promises.rename(temporary, path);
  } catch (cause) {
    throw diskError("replace", path, cause);
  }
  await syncNames(dirname(path));
}

async function removeInBackground(path: string, { inSteps }: { readonly inSteps: boolean } = { inSteps: false }): Promise<void> {
  try {
    if (inSteps) await cutInSteps(path);
    await promises.rm(path, { recursive: true, force: true });
  } catch (cause) {
    throw diskError("remove", path, cause);
  }
}

/** Gives most of a file's memory and blocks back, a little at a time. Nothing there is no error. */
async function cutInSteps(path: string): Promise<void> {
  const before = await promises.stat(path).catch(() => undefined);
  if (before === undefined || !before.isFile() || before.size <= CUT_BYTES) return;
  const handle = await promises.open(path, constants.O_RDWR);
  try {
    for (let size = before.size - CUT_BYTES; size > 0; size -= CUT_BYTES) {
      await handle.truncate(size);
      // A process that ends leaves the rest to the next one.
      await sleep(CUT_PAUSE_MS, undefined, { ref: false });
    }
  } finally {
    await handle.close();
  }
}

async function renameInBackground(from: string, to: string): Promise<void> {
  try {
    await promises.rename(from, to);
  } catch (cause) {
    throw diskError(`rename to ${to}:`, from, cause);
  }
}

async function makeDirectoryInBackground(path: string, fileName: string, content: Uint8Array): Promise<void> {
  try {
    await promises.mkdir(path);
    await promises.writeFile(join(path, fileName), content);
  } catch (cause) {
    throw diskError("make directory", path, cause);
  }
}

async function syncNames(directory: string): Promise<void> {
  if (process.platform === "win32") return;
  try {
    const handle = await promises.open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw diskError("sync directory", directory, cause);
  }
}

/** By hand, since Node's own `recursive` never returns where a file system refuses with ENOENT below a directory that is there, as /proc does. */
function makeDirectory(path: string): void {
  const parent = dirname(path);
  if (parent !== path && !isDirectory(parent)) makeDirectory(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!isDirectory(path)) throw error;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function syncDirectory(directory: string): void {
  // Windows cannot open a directory; there the file system journals names by itself.
  if (process.platform === "win32") return;
  onDisk("sync directory", directory, () => {
    const descriptor = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  });
}
