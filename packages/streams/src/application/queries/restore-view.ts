import type { RestoreListener, RestoreProgress } from "../restore/changelog-restore.ts";

/** How far the stores are that are being restored here, as listeners of restores are told. */
export class RestoreView {
  readonly #open = new Map<string, RestoreProgress>();

  readonly note: RestoreListener = (event, progress) => {
    const key = `${progress.store} ${progress.partition}`;
    if (event === "start" || event === "batch") this.#open.set(key, progress);
    else this.#open.delete(key);
  };

  of(store: string, partition: number): RestoreProgress | undefined {
    return this.#open.get(`${store} ${partition}`);
  }

  all(): RestoreProgress[] {
    return [...this.#open.values()];
  }
}
