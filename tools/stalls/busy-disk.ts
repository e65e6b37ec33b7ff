import { closeSync, fsyncSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMainThread, Worker, workerData } from "node:worker_threads";

const WRITERS = 3;
const BLOCK_BYTES = 4 * 1024 * 1024;
const FILE_BYTES = 256 * 1024 * 1024;

/** Keeps the disk of the temporary folder busy until it is stopped: threads that write and sync, as other programs do. */
export class BusyDisk {
  readonly #folder = mkdtempSync(join(tmpdir(), "ottla-busy-disk-"));
  readonly #workers = Array.from(
    { length: WRITERS },
    (_, index) => new Worker(new URL(import.meta.url), { workerData: join(this.#folder, String(index)) }),
  );

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    rmSync(this.#folder, { recursive: true });
  }
}

if (!isMainThread && typeof workerData === "string") {
  const file = openSync(workerData, "w");
  const block = Buffer.alloc(BLOCK_BYTES, 7);
  const keep = setInterval(() => {
    for (let i = 0; i < 4; i++) writeSync(file, block);
    fsyncSync(file);
    written += 4 * BLOCK_BYTES;
    if (written < FILE_BYTES) return;
    ftruncateSync(file, 0);
    written = 0;
  }, 0);
  let written = 0;
  process.on("exit", () => {
    clearInterval(keep);
    closeSync(file);
  });
}
