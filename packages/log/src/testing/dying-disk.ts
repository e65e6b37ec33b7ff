import { type Disk, DiskError, type DiskFile } from "@ottla/base";

/** A process that ends in the middle: after so many changes its disk refuses everything. What was changed before is on the disk beneath. */
export class DyingDisk {
  readonly disk: Disk;
  #changesLeft = Infinity;

  constructor(beneath: Disk) {
    const before = <Args extends unknown[], Result>(change: (...args: Args) => Result): ((...args: Args) => Result) => {
      return (...args) => {
        this.#change();
        return change(...args);
      };
    };
    this.disk = {
      open: (path) => this.#file((this.#change(), beneath.open(path))),
      openRead: (path) => this.#file((this.#check(), beneath.openRead(path))),
      readFile: (path) => (this.#check(), beneath.readFile(path)),
      list: (path) => (this.#check(), beneath.list(path)),
      stat: (path) => (this.#check(), beneath.stat(path)),
      lockDirectory: (path) => (this.#check(), beneath.lockDirectory(path)),
      replaceFile: before((path, content) => beneath.replaceFile(path, content)),
      replace: async (path, content) => {
        this.#change();
        await beneath.replace(path, content);
      },
      makeDirectory: before((path) => beneath.makeDirectory(path)),
      rename: before((from, to) => beneath.rename(from, to)),
      remove: before((path) => beneath.remove(path)),
      syncDirectory: before((path) => beneath.syncDirectory(path)),
      syncNames: async (path) => {
        this.#change();
        await beneath.syncNames(path);
      },
    };
  }

  get isDead(): boolean {
    return this.#changesLeft < 0;
  }

  /** From now on so many changes are made, and none beyond. */
  dieAfter(changes: number): void {
    this.#changesLeft = changes;
  }

  #file(file: DiskFile): DiskFile {
    return {
      path: file.path,
      get sizeBytes() {
        return file.sizeBytes;
      },
      append: (buffers) => (this.#change(), file.append(buffers)),
      write: (buffer, position) => (this.#change(), file.write(buffer, position)),
      readSync: (target, position) => (this.#check(), file.readSync(target, position)),
      read: async (target, position) => (this.#check(), file.read(target, position)),
      truncate: (sizeBytes) => (this.#change(), file.truncate(sizeBytes)),
      sync: async () => (this.#change(), file.sync()),
      syncNow: () => (this.#change(), file.syncNow()),
      close: () => file.close(),
    };
  }

  #change(): void {
    this.#changesLeft--;
    this.#check();
  }

  #check(): void {
    if (this.isDead) throw new DiskError("DISK_IO", "", "The process has ended.");
  }
}
