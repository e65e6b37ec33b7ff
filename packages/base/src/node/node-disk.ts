import { closeSync, constants, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Disk } from "../seams/disk.ts";
import { lockDirectory } from "./directory-lock.ts";
import { onDisk } from "./disk-errors.ts";
import { NodeDiskFile } from "./node-disk-file.ts";

/** The machine's file system. */
export const nodeDisk: Disk = {
  open: (path) => onDisk("open", path, () => new NodeDiskFile(path, openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644))),
  openRead: (path) => onDisk("open", path, () => new NodeDiskFile(path, openSync(path, "r"))),
  readFile: (path) => onDisk("read", path, () => readFileSync(path)),

  replaceFile(path, content) {
    onDisk("write", path, () => {
      const temporary = `${path}.tmp`;
      const fd = openSync(temporary, "w");
      try {
        for (let written = 0; written < content.length; ) written += writeSync(fd, content, written);
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(temporary, path);
    });
    nodeDisk.syncDirectory(dirname(path));
  },

  list: (directory) => onDisk("list", directory, () => readdirSync(directory).sort()),

  stat(path) {
    return onDisk("look at", path, () => {
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat && { sizeBytes: stat.size, modifiedMs: stat.mtimeMs, isDirectory: stat.isDirectory() };
    });
  },

  makeDirectory: (path) => onDisk("create", path, () => void mkdirSync(path, { recursive: true })),
  rename: (from, to) => onDisk("rename", from, () => renameSync(from, to)),
  remove: (path) => onDisk("remove", path, () => rmSync(path, { recursive: true, force: true })),

  syncDirectory(directory) {
    onDisk("sync", directory, () => {
      const fd = openSync(directory, "r");
      try {
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
    });
  },

  lockDirectory,
};
