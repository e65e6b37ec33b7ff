/** What a task passes between two batches: open, or shut until somebody opens it. */
export class Gate {
  #shut: PromiseWithResolvers<void> | undefined;

  get isShut(): boolean {
    return this.#shut !== undefined;
  }

  shut(): void {
    this.#shut ??= Promise.withResolvers();
  }

  open(): void {
    this.#shut?.resolve();
    this.#shut = undefined;
  }

  /** Undefined: it is open. */
  passed(): Promise<void> | undefined {
    return this.#shut?.promise;
  }
}
