import { invariant } from "../errors.ts";
import type { DiskFile } from "../seams/disk.ts";
import type { DiskOperation } from "./disk-faults.ts";
import { readOnlyError } from "./read-only-error.ts";
import type { SimulatedFile } from "./simulated-file.ts";

/** The machine around an open file. `partial` is called with the bytes that come through before the failure is thrown. */
export interface DiskMachine {
  nowMs(): number;
  isAlive(): boolean;
  check(operation: DiskOperation, partial?: (byteLength: number) => void): void;
  checkSpace(moreBytes: number, partial: (byteLength: number) => void): void;
  afterSyncTime(run: () => void): void;
}

/** An open file of a {@link SimulatedDisk}. */
export class SimulatedDiskFile implements DiskFile {
  readonly path: string;
  readonly #file: SimulatedFile;
  readonly #machine: DiskMachine;
  readonly #isReadOnly: boolean;
  #sizeBytes: number;
  #isClosed = false;

  constructor(path: string, file: SimulatedFile, machine: DiskMachine, isReadOnly: boolean) {
    this.path = path;
    this.#file = file;
    this.#isReadOnly = isReadOnly;
    this.#machine = machine;
    this.#sizeBytes = file.size;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  append(buffers: readonly Uint8Array[]): void {
    const bytes = Buffer.concat(buffers);
    this.#put("append", bytes, this.#sizeBytes);
    this.#sizeBytes += bytes.byteLength;
  }

  write(buffer: Uint8Array, position: number): void {
    this.#put("write", buffer, position);
    this.#sizeBytes = Math.max(this.#sizeBytes, position + buffer.byteLength);
  }

  readSync(target: Uint8Array, position: number): number {
    this.#check("read");
    return this.#file.read(target, position);
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    return this.readSync(target, position);
  }

  truncate(sizeBytes: number): void {
    if (this.#isReadOnly) throw readOnlyError("truncate", this.path);
    this.#check("truncate");
    this.#file.truncate(sizeBytes);
    this.#sizeBytes = sizeBytes;
  }

  sync(): Promise<void> {
    invariant(!this.#isClosed, `${this.path} was used after it was closed.`);
    const started = this.#file.startSync();
    return new Promise((resolve, reject) => {
      this.#machine.afterSyncTime(() => {
        if (!this.#machine.isAlive()) return;
        try {
          this.#finishSync(started);
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  syncNow(): void {
    invariant(!this.#isClosed, `${this.path} was used after it was closed.`);
    this.#finishSync(this.#file.startSync());
  }

  close(): void {
    this.#isClosed = true;
  }

  #finishSync(started: object): void {
    try {
      this.#machine.check("sync");
    } catch (error) {
      this.#file.failSync(started);
      throw error;
    }
    this.#file.completeSync(started);
  }

  #put(operation: "append" | "write", bytes: Uint8Array, position: number): void {
    if (this.#isReadOnly) throw readOnlyError(operation, this.path);
    const partial = (byteLength: number): void => this.#file.write(bytes.subarray(0, byteLength), position);
    this.#check(operation, partial);
    this.#machine.checkSpace(position + bytes.byteLength - this.#file.size, (free) => partial(this.#file.size - position + free));
    this.#file.write(bytes, position);
    this.#file.modifiedMs = this.#machine.nowMs();
  }

  #check(operation: DiskOperation, partial?: (byteLength: number) => void): void {
    invariant(!this.#isClosed, `${this.path} was used after it was closed.`);
    this.#machine.check(operation, partial);
  }
}
