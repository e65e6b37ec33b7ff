import { closeSync, fdatasync, fdatasyncSync, fstatSync, ftruncateSync, read, readSync, writeSync, writevSync } from "node:fs";
import type { DiskFile } from "../seams/disk.ts";
import { diskError, onDisk } from "./disk-errors.ts";

/** The most buffers one gathering write may name (IOV_MAX on Linux). */
const MAX_GATHERED = 1024;

/** An open file of the machine. Writes are blocking, into the page cache. */
export class NodeDiskFile implements DiskFile {
  readonly path: string;
  readonly #fd: number;
  #sizeBytes: number;

  constructor(path: string, fd: number) {
    this.path = path;
    this.#fd = fd;
    this.#sizeBytes = fstatSync(fd).size;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  append(buffers: readonly Uint8Array[]): void {
    onDisk("write", this.path, () => {
      let at = this.#sizeBytes;
      if (buffers.length === 1) at = this.#writeWhole(buffers[0]!, at);
      else for (let first = 0; first < buffers.length; first += MAX_GATHERED) at = this.#writeGathered(buffers.slice(first, first + MAX_GATHERED), at);
      this.#sizeBytes = at;
    });
  }

  write(buffer: Uint8Array, position: number): void {
    onDisk("write", this.path, () => {
      this.#sizeBytes = Math.max(this.#sizeBytes, this.#writeWhole(buffer, position));
    });
  }

  readSync(target: Uint8Array, position: number): number {
    return onDisk("read", this.path, () => {
      let done = 0;
      while (done < target.length) {
        const count = readSync(this.#fd, target, done, target.length - done, position + done);
        if (count === 0) break;
        done += count;
      }
      return done;
    });
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    let done = 0;
    while (done < target.length) {
      const count = await this.#readOnce(target, done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  truncate(sizeBytes: number): void {
    onDisk("truncate", this.path, () => ftruncateSync(this.#fd, sizeBytes));
    this.#sizeBytes = sizeBytes;
  }

  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fdatasync(this.#fd, (error) => (error ? reject(diskError("sync", this.path, error)) : resolve()));
    });
  }

  syncNow(): void {
    onDisk("sync", this.path, () => fdatasyncSync(this.#fd));
  }

  close(): void {
    onDisk("close", this.path, () => closeSync(this.#fd));
  }

  /** Writes all of `buffer`; returns where it ends. */
  #writeWhole(buffer: Uint8Array, position: number): number {
    let done = 0;
    while (done < buffer.length) done += writeSync(this.#fd, buffer, done, buffer.length - done, position + done);
    return position + done;
  }

  #writeGathered(buffers: readonly Uint8Array[], position: number): number {
    let written = writevSync(this.#fd, buffers, position);
    let at = position + written;
    for (const buffer of buffers) {
      // A short write: what the system did not take goes out piece by piece.
      if (written >= buffer.length) {
        written -= buffer.length;
        continue;
      }
      at = this.#writeWhole(buffer.subarray(written), at);
      written = 0;
    }
    return at;
  }

  #readOnce(target: Uint8Array, offset: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      read(this.#fd, target, offset, target.length - offset, position, (error, count) => {
        if (error) reject(diskError("read", this.path, error));
        else resolve(count);
      });
    });
  }
}
