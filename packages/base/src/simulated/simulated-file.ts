import type { Random } from "../seams/random.ts";
import { ChunkedBytes } from "./chunked-bytes.ts";

/** What a disk writes whole or not at all. */
const SECTOR_BYTES = 512;
const ZERO_SECTOR: Buffer = Buffer.alloc(SECTOR_BYTES);

/** What was written since some sync: per sector what the disk held before, and the sizes the file has had. */
class Unsynced {
  readonly sectors = new Map<number, Buffer>();
  readonly sizes: number[] = [];
}

/**
 * A file as the page cache shows it, together with what of it is really on the disk.
 * A sync takes the unsynced sectors under way; when it fails, they are lost: the cache still shows them, no later sync writes them
 * (as Linux does after a failed fsync), only writing them again does.
 */
export class SimulatedFile {
  modifiedMs: number;
  readonly #cache = new ChunkedBytes();
  #durableSize = 0;
  #unsynced = new Unsynced();
  /** Syncs under way, the oldest first. */
  readonly #underWay: Unsynced[] = [];
  /** What the disk still holds where a failed sync has lost sectors. */
  readonly #lost = new Map<number, Buffer>();

  constructor(nowMs: number) {
    this.modifiedMs = nowMs;
  }

  get size(): number {
    return this.#cache.length;
  }

  read(target: Uint8Array, position: number): number {
    return this.#cache.read(target, position);
  }

  toBuffer(): Buffer {
    return this.#cache.toBuffer();
  }

  write(bytes: Uint8Array, position: number): void {
    if (bytes.byteLength === 0) return;
    this.#remember(Math.min(position, this.size), position + bytes.byteLength);
    this.#cache.write(bytes, position);
    this.#unsynced.sizes.push(this.size);
  }

  truncate(size: number): void {
    this.#remember(Math.min(size, this.size), Math.max(size, this.size));
    this.#cache.truncate(size);
    this.#unsynced.sizes.push(size);
  }

  /** Everything written so far goes under way to the disk. The result is for {@link completeSync} or {@link failSync}. */
  startSync(): object {
    const started = this.#unsynced;
    started.sizes.push(this.size);
    this.#underWay.push(started);
    this.#unsynced = new Unsynced();
    return started;
  }

  /** What was written before that sync is on the disk, earlier syncs included. */
  completeSync(started: object): void {
    const done = this.#underWay.splice(0, this.#underWay.findIndex((candidate) => candidate === started) + 1);
    for (const { sectors, sizes } of done) {
      for (const sector of sectors.keys()) this.#lost.delete(sector);
      this.#durableSize = sizes.at(-1) ?? this.#durableSize;
    }
  }

  failSync(started: object): void {
    const at = this.#underWay.findIndex((candidate) => candidate === started);
    for (const [sector, before] of this.#underWay.splice(at, 1)[0]?.sectors ?? []) {
      if (!this.#lost.has(sector)) this.#lost.set(sector, before);
    }
  }

  /**
   * The power fails: every sector not synced is the new or the old one, as chance has it, and the size is one of those since the last sync or
   * one between. Old content of a sector the disk never held is zeros.
   */
  losePower(random: Random): void {
    const before = this.#durableSectors();
    const size = this.#sizeAfterPowerLoss(random);
    const survivors = Buffer.alloc(Math.max(size, this.size));
    this.#cache.read(survivors, 0);
    const luck = random.nextInt(4);
    for (const [sector, old] of before) {
      const isWritten = this.#isWriteable(sector) && (luck === 0 || (luck > 1 && random.nextInt(2) === 0));
      if (!isWritten) old.copy(survivors, sector * SECTOR_BYTES);
    }
    this.#cache.truncate(0);
    this.#cache.append(survivors.subarray(0, size));
    this.#settle();
  }

  /** Everything written is on the disk, nothing under way. */
  #settle(): void {
    this.#unsynced = new Unsynced();
    this.#underWay.length = 0;
    this.#lost.clear();
    this.#durableSize = this.size;
  }

  #remember(from: number, to: number): void {
    const end = Math.ceil(to / SECTOR_BYTES);
    for (let sector = Math.floor(from / SECTOR_BYTES); sector < end; sector++) {
      if (!this.#unsynced.sectors.has(sector)) this.#unsynced.sectors.set(sector, this.#sector(sector));
    }
  }

  #sector(sector: number): Buffer {
    if (sector * SECTOR_BYTES >= this.size) return ZERO_SECTOR;
    const bytes = Buffer.alloc(SECTOR_BYTES);
    this.#cache.read(bytes, sector * SECTOR_BYTES);
    return bytes;
  }

  /** For each sector that differs or may differ from the cache: what the disk holds. */
  #durableSectors(): Map<number, Buffer> {
    const held = new Map(this.#lost);
    for (const { sectors } of [...this.#underWay, this.#unsynced]) {
      for (const [sector, before] of sectors) if (!held.has(sector)) held.set(sector, before);
    }
    return held;
  }

  /** A lost sector was forgotten by the page cache; it comes to the disk only when written again since. */
  #isWriteable(sector: number): boolean {
    return !this.#lost.has(sector) || this.#unsynced.sectors.has(sector) || this.#underWay.some(({ sectors }) => sectors.has(sector));
  }

  #sizeAfterPowerLoss(random: Random): number {
    const sizes = [this.#durableSize, ...[...this.#underWay, this.#unsynced].flatMap((unsynced) => unsynced.sizes)];
    if (random.nextInt(3) > 0) return sizes[random.nextInt(sizes.length)]!;
    const least = Math.min(...sizes);
    return least + random.nextInt(Math.max(...sizes) - least + 1);
  }
}
