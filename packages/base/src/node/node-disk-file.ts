import { close, closeSync, fdatasync, fdatasyncSync, ftruncateSync, read, readSync, writeSync, writevSync } from "node:fs";
import { invariant } from "../errors.ts";
import type { DiskFile } from "../seams/disk.ts";
import { diskError, onDisk } from "./disk-errors.ts";

/** A file descriptor. It is closed only when no read or sync on it is under way, since the system gives its number to the next file at once. */
export class NodeDiskFile implements DiskFile {
  readonly path: string;
  readonly #descriptor: number;
  #sizeBytes: number;
  #underWay = 0;
  #isClosed = false;

  constructor(path: string, descriptor: number, sizeBytes: number) {
    this.path = path;
    this.#descriptor = descriptor;
    this.#sizeBytes = sizeBytes;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  append(buffers: readonly Uint8Array[]): void {
    this.#checkOpen();
    let expected = 0;
    for (const buffer of buffers) expected += buffer.byteLength;
    if (expected === 0) return;
    try {
      const written =
        buffers.length === 1
          ? writeSync(this.#descriptor, buffers[0]!, 0, expected, this.#sizeBytes)
          : writevSync(this.#descriptor, buffers, this.#sizeBytes);
      if (written < expected) this.#writeRest(Buffer.concat(buffers), written, this.#sizeBytes);
    } catch (cause) {
      throw diskError("append to", this.path, cause);
    }
    this.#sizeBytes += expected;
  }

  write(buffer: Uint8Array, position: number): void {
    this.#checkOpen();
    onDisk("write to", this.path, () => this.#writeRest(buffer, 0, position));
    this.#sizeBytes = Math.max(this.#sizeBytes, position + buffer.byteLength);
  }

  readSync(target: Uint8Array, position: number): number {
    this.#checkOpen();
    return onDisk("read", this.path, () => {
      let done = 0;
      while (done < target.byteLength) {
        const count = readSync(this.#descriptor, target, done, target.byteLength - done, position + done);
        if (count === 0) break;
        done += count;
      }
      return done;
    });
  }

  read(target: Uint8Array, position: number): Promise<number> {
    this.#checkOpen();
    return this.#inBackground("read", (settle) => {
      let done = 0;
      const readOn = (): void => {
        read(this.#descriptor, target, done, target.byteLength - done, position + done, (error, count) => {
          if (error) return settle(error, 0);
          done += count;
          if (count > 0 && done < target.byteLength) readOn();
          else settle(null, done);
        });
      };
      readOn();
    });
  }

  truncate(sizeBytes: number): void {
    this.#checkOpen();
    onDisk("truncate", this.path, () => ftruncateSync(this.#descriptor, sizeBytes));
    this.#sizeBytes = sizeBytes;
  }

  sync(): Promise<void> {
    this.#checkOpen();
    return this.#inBackground<void>("sync", (settle) => fdatasync(this.#descriptor, (error) => settle(error, undefined)));
  }

  syncNow(): void {
    this.#checkOpen();
    onDisk("sync", this.path, () => fdatasyncSync(this.#descriptor));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#underWay === 0) onDisk("close", this.path, () => closeSync(this.#descriptor));
  }

  /** A write may take less than it was given (a disk that just ran full, a signal): the next one tells why. */
  #writeRest(bytes: Uint8Array, from: number, position: number): void {
    let done = from;
    while (done < bytes.byteLength) done += writeSync(this.#descriptor, bytes, done, bytes.byteLength - done, position + done);
  }

  #inBackground<T>(does: string, start: (settle: (error: Error | null, result: T) => void) => void): Promise<T> {
    this.#underWay++;
    return new Promise((resolve, reject) => {
      start((error, result) => {
        this.#underWay--;
        if (this.#isClosed && this.#underWay === 0) close(this.#descriptor);
        if (error === null) resolve(result);
        else reject(diskError(does, this.path, error));
      });
    });
  }

  #checkOpen(): void {
    invariant(!this.#isClosed, `${this.path} was used after it was closed.`);
  }
}
