import { api, type ApiError, asApiError, bodyOf } from "./api.ts";

type Known = Awaited<ReturnType<typeof known>>;
type Report = NonNullable<Known["report"]>;

const PROGRESS_EVERY_MS = 400;

const known = () => bodyOf(api.findings.known.$get());

/** What the doctor says of the cluster: at once what is known, and while it is made anew how far that is, with what was found so far. Who goes, or stops it, waits no more; an examination that nobody waits for is given up. */
export class Findings {
  #report = $state.raw<Report | undefined>();
  #progress = $state.raw<Known["progress"]>(null);
  #error = $state.raw<ApiError | undefined>();
  #isLooking = $state(false);
  #isStopped = $state(false);
  #ending: AbortController | undefined;

  /** The last whole one. */
  get report(): Report | undefined {
    return this.#report;
  }

  /** Of the examination that goes on, or was stopped; null where there is none. */
  get progress(): Known["progress"] {
    return this.#progress;
  }

  get error(): ApiError | undefined {
    return this.#error;
  }

  get isLooking(): boolean {
    return this.#isLooking;
  }

  /** Whether what is seen was stopped in the middle. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** What is known, and what is new where that is old. */
  async show(): Promise<void> {
    try {
      const { report, isFresh } = await known();
      if (report !== null) this.#report = report;
      if (!isFresh) await this.examine();
    } catch (thrown) {
      this.#error = asApiError(thrown);
    }
  }

  /** The cluster is examined now, or with whoever has it examined already. */
  async examine(): Promise<void> {
    if (this.#isLooking) return;
    const ending = new AbortController();
    const { signal } = ending;
    this.#ending = ending;
    [this.#isLooking, this.#isStopped, this.#error, this.#progress] = [true, false, undefined, null];
    const follow = setInterval(() => void this.#follow(signal), PROGRESS_EVERY_MS);
    try {
      const report = await bodyOf(api.findings.$get({ query: { anew: "true" } }, { init: { signal } }));
      [this.#report, this.#progress] = [report, null];
    } catch (thrown) {
      if (!signal.aborted) this.#error = asApiError(thrown);
    } finally {
      clearInterval(follow);
      this.#isLooking = false;
    }
  }

  /** Waits no more; what was found so far stays. */
  stop(): void {
    if (!this.#isLooking) return;
    this.#isStopped = true;
    this.#ending?.abort();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { progress } = await known().catch(() => ({ progress: null }));
    if (!signal.aborted && this.#isLooking && progress !== null) this.#progress = progress;
  }
}
