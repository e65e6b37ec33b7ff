import { type Disk, DiskError } from "@ottla/base";

/** The same disk; an operation that fails because too many files are open is tried once more after `giveBack` has closed some. False: there is none to close. */
export function frugalDisk(disk: Disk, giveBack: () => boolean): Disk {
  const retrying = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== "DISK_TOO_MANY_OPEN" || !giveBack()) throw error;
      return run();
    }
  };
  const retryingLater = async (run: () => Promise<void>): Promise<void> => {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== "DISK_TOO_MANY_OPEN" || !giveBack()) throw error;
      await run();
    }
  };
  return {
    open: (path) => retrying(() => disk.open(path)),
    openRead: (path) => retrying(() => disk.openRead(path)),
    readFile: (path) => retrying(() => disk.readFile(path)),
    replaceFile: (path, content) => retrying(() => disk.replaceFile(path, content)),
    replace: (path, content) => retryingLater(() => disk.replace(path, content)),
    list: (directory) => retrying(() => disk.list(directory)),
    stat: (path) => disk.stat(path),
    makeDirectory: (path) => disk.makeDirectory(path),
    rename: (from, to) => disk.rename(from, to),
    remove: (path) => retrying(() => disk.remove(path)),
    syncDirectory: (directory) => retrying(() => disk.syncDirectory(directory)),
    syncNames: (directory) => retryingLater(() => disk.syncNames(directory)),
    lockDirectory: (directory) => retrying(() => disk.lockDirectory(directory)),
    ...(disk.removeInBackground && {
      removeInBackground: (...args: Parameters<NonNullable<Disk["removeInBackground"]>>) =>
        retryingLater(() => disk.removeInBackground!(...args)),
    }),
    ...(disk.renameInBackground && { renameInBackground: (from: string, to: string) => disk.renameInBackground!(from, to) }),
    ...(disk.makeDirectoryInBackground && {
      // Not tried again: half of it would be in the way.
      makeDirectoryInBackground: (path: string, fileName: string, content: Uint8Array) =>
        disk.makeDirectoryInBackground!(path, fileName, content),
    }),
    ...(disk.cacheBytes && { cacheBytes: () => disk.cacheBytes!() }),
    ...(disk.deviceReads && { deviceReads: () => disk.deviceReads!() }),
    ...(disk.space && { space: (directory: string) => disk.space!(directory) }),
  };
}
