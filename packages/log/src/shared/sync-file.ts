import type { Disk } from "@ottla/base";

/** Waits until a file's content is on the disk; one that is not there is made, empty. Errors: disk errors. */
export async function syncFile(disk: Disk, path: string): Promise<void> {
  const file = disk.open(path);
  try {
    await file.sync();
  } finally {
    file.close();
  }
}
