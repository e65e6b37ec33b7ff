import type { Disk, DiskFile } from "@ottla/base";

/** A disk whose syncs of some files wait until a test lets them go on, or fail. */
export class HeldDisk {
  readonly disk: Disk;
  #gate: PromiseWithResolvers<void> | undefined;
  /** How many syncs have come to the gate. */
  waiting = 0;

  constructor(beneath: Disk, path: string) {
    this.disk = instead(beneath, {
      open: (opened: string) => {
        const file = beneath.open(opened);
        return opened.includes(path) ? this.#held(file) : file;
      },
    });
  }

  hold(): void {
    this.#gate = Promise.withResolvers<void>();
  }

  letGo(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  fail(error: Error): void {
    this.#gate?.reject(error);
    this.#gate = undefined;
  }

  #held(file: DiskFile): DiskFile {
    return instead(file, {
      sync: async () => {
        if (this.#gate !== undefined) {
          this.waiting++;
          await this.#gate.promise;
        }
        await file.sync();
      },
    });
  }
}

/** The same object with some of its methods replaced. */
function instead<Of extends object>(whole: Of, replaced: Partial<Of>): Of {
  return new Proxy(whole, {
    get(target, name) {
      const found: unknown = Reflect.get(name in replaced ? replaced : target, name);
      return typeof found === "function" ? (found.bind(name in replaced ? replaced : target) as unknown) : found;
    },
  });
}
