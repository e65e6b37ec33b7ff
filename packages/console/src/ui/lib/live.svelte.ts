/** Told by the console whenever it has looked at the cluster; a page that nobody sees is not told. */
class Live {
  #looks = $state(0);
  #isConnected = $state(true);
  #source: EventSource | undefined;

  #isWanted = false;

  constructor() {
    document.addEventListener("visibilitychange", () => this.#follow());
  }

  /** Only who is logged in is told. */
  want(isWanted: boolean): void {
    this.#isWanted = isWanted;
    this.#follow();
  }

  /** Counts the looks, so that what reads it is made anew. */
  get looks(): number {
    return this.#looks;
  }

  /** False while the console does not answer. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  #follow(): void {
    if (document.hidden || !this.#isWanted) this.#leave();
    else this.#connect();
  }

  #connect(): void {
    if (this.#source !== undefined) return;
    const source = new EventSource("/api/changes");
    source.addEventListener("open", () => (this.#isConnected = true));
    source.addEventListener("look", () => this.#looks++);
    source.addEventListener("error", () => {
      this.#isConnected = false;
      // A browser gives up where it was answered something else.
      if (source.readyState === EventSource.CLOSED) {
        this.#leave();
        setTimeout(() => this.#follow(), 2_000);
      }
    });
    this.#source = source;
  }

  #leave(): void {
    this.#source?.close();
    this.#source = undefined;
  }
}

/** The one of this page. */
export const live = new Live();
