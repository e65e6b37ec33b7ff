import { type Disk, DiskError, type DiskFile } from "@ottla/base";
import { frugalDisk } from "./frugal-disk.ts";

/** Whether a file is opened to be written, creating it where there is none, or only to be read. */
export type FileAccess = "write" | "read";

/**
 * One file that is open only while it is used. Get the handle by {@link CachedFile.handle} each time: it may have been closed meanwhile.
 * A handle that is used across an `await` must be pinned.
 */
export class CachedFile {
  readonly #cache: FileCache;
  readonly #path: string;
  #access: FileAccess;
  #handle: DiskFile | undefined;
  #pins = 0;
  #isReleased = false;
  /** For the cache: used since its hand last passed. */
  wasUsed = false;

  constructor(cache: FileCache, path: string, access: FileAccess) {
    this.#cache = cache;
    this.#path = path;
    this.#access = access;
  }

  get path(): string {
    return this.#path;
  }

  get isOpen(): boolean {
    return this.#handle !== undefined;
  }

  get isPinned(): boolean {
    return this.#pins > 0;
  }

  /** The open handle, opening it if need be. Errors: disk errors. */
  handle(): DiskFile {
    this.wasUsed = true;
    if (this.#isReleased && this.#handle === undefined)
      throw new DiskError("DISK_NOT_FOUND", this.#path, `${this.#path} was closed or removed meanwhile.`);
    return (this.#handle ??= this.#cache.openFor(this, this.#path, this.#access));
  }

  /** As {@link CachedFile.handle}, and keeps it open until {@link CachedFile.unpin}. */
  pin(): DiskFile {
    const handle = this.handle();
    this.#pins++;
    return handle;
  }

  unpin(): void {
    this.#pins--;
    if (this.#isReleased && this.#pins === 0) this.closeHandle();
  }

  /** From here on the file is opened to be written. */
  becomeWritable(): void {
    if (this.#access === "write") return;
    this.#access = "write";
    this.closeHandle();
  }

  /** Closes the handle for good, at once or when the last pin is gone. */
  release(): void {
    this.#isReleased = true;
    if (this.#pins === 0) this.closeHandle();
  }

  /** Closes the handle, unless it is pinned; it is opened again when asked for. */
  closeHandle(): void {
    const handle = this.#handle;
    if (handle === undefined || this.#pins > 0) return;
    this.#handle = undefined;
    this.#cache.forget(this);
    handle.close();
  }
}

/**
 * Bounds the open files of a process: beyond the limit the ones that were not used lately are closed (second-chance clock). Where the system's own limit turns out
 * to be lower, half of what was open becomes the limit, so that connections find room as well.
 * Pinned files are never closed, so the limit may be passed by as many as are pinned.
 */
export class FileCache {
  readonly #disk: Disk;
  #maxOpen: number;
  readonly #ring: CachedFile[] = [];
  #hand = 0;

  constructor(disk: Disk, maxOpen: number) {
    this.#disk = frugalDisk(disk, () => this.giveBack());
    this.#maxOpen = Math.max(1, maxOpen);
  }

  get openCount(): number {
    return this.#ring.length;
  }

  file(path: string, access: FileAccess): CachedFile {
    return new CachedFile(this, path, access);
  }

  /** For {@link CachedFile} alone. */
  openFor(file: CachedFile, path: string, access: FileAccess): DiskFile {
    this.#shrinkTo(this.#maxOpen - 1);
    const handle = access === "write" ? this.#disk.open(path) : this.#disk.openRead(path);
    this.#ring.push(file);
    return handle;
  }

  /** The system refuses to open more: half of the files are closed, and as many never opened again. False: none is open. */
  giveBack(): boolean {
    if (this.#ring.length === 0) return false;
    this.#maxOpen = Math.max(1, this.#ring.length >> 1);
    this.#shrinkTo(this.#maxOpen);
    return true;
  }

  /** For {@link CachedFile} alone. */
  forget(file: CachedFile): void {
    const at = this.#ring.indexOf(file);
    if (at < 0) return;
    const last = this.#ring.pop()!;
    if (last !== file) this.#ring[at] = last;
  }

  #shrinkTo(count: number): void {
    // Two rounds: the first takes the second chance away, the second closes.
    for (let steps = this.#ring.length * 2; steps > 0 && this.#ring.length > count; steps--) {
      if (this.#hand >= this.#ring.length) this.#hand = 0;
      const file = this.#ring[this.#hand]!;
      if (file.isPinned) this.#hand++;
      else if (file.wasUsed) {
        file.wasUsed = false;
        this.#hand++;
      } else file.closeHandle();
    }
  }
}
