import type { SeenRequest, FaultReport } from "./fault-spec.ts";
import { meansTopic, namesTopic } from "./refuse.ts";
import type { RequestNames } from "./request-names.ts";
import type { FaultPlan } from "./read-fault-spec.ts";

/** What a fault remembers of a request that it met. */
export type FaultHit = Omit<SeenRequest, "body">;

/** So many of the last hits are remembered. */
const HITS_KEPT = 100;

/** One fault from being armed to being removed. It alone counts its hits. */
export class Fault {
  readonly id: number;
  readonly plan: FaultPlan;
  readonly #onRemove: () => void;
  readonly #hits: FaultHit[] = [];
  readonly #listeners = new Set<() => void>();
  /** Requests that wait for `release`. */
  readonly #held = new Set<() => void>();
  #met = 0;
  #count = 0;
  #isRemoved = false;
  #failure: unknown;

  constructor(id: number, plan: FaultPlan, onRemove: () => void) {
    this.id = id;
    this.plan = plan;
    this.#onRemove = onRemove;
  }

  /** How often it has happened. */
  get count(): number {
    return this.#count;
  }

  /** The last hundred requests that it happened to, oldest first. */
  get hits(): readonly FaultHit[] {
    return this.#hits;
  }

  get isRemoved(): boolean {
    return this.#isRemoved;
  }

  get isSpent(): boolean {
    return this.#isRemoved || this.#count >= this.plan.times;
  }

  /** What one of its hooks threw; it has been removed then. */
  get failure(): unknown {
    return this.#failure;
  }

  get waitingCount(): number {
    return this.#held.size;
  }

  report(): FaultReport {
    return { id: this.id, spec: this.plan.spec, count: this.#count, waiting: this.#held.size, isSpent: this.isSpent };
  }

  /** Whether it is about such a request, by what can be said without its hooks and counts. */
  isAbout(apiKey: number, request: SeenRequest, names: RequestNames): boolean {
    const { plan } = this;
    const { spec } = plan;
    if (this.isSpent || (plan.apiKeys && !plan.apiKeys.has(apiKey))) return false;
    if (spec.node !== undefined && spec.node !== request.node) return false;
    if (spec.clientId !== undefined && spec.clientId !== request.clientId) return false;
    if (spec.group !== undefined && !names.groups.includes(spec.group)) return false;
    if (spec.transactionalId !== undefined && !names.transactionalIds.includes(spec.transactionalId)) return false;
    return (!namesTopic(spec) && spec.partition === undefined) || names.topics.some((topic) => meansTopic(spec, topic));
  }

  /** Asks `when`, counts, and tells whether it happens now. */
  take(request: SeenRequest): boolean {
    const { hooks, after } = this.plan;
    try {
      if (hooks.when?.(request) === false) return false;
      if (this.#met++ < after) return false;
      this.#count++;
      const { body: _, ...hit } = request;
      this.#hits.push(hit);
      if (this.#hits.length > HITS_KEPT) this.#hits.shift();
      hooks.observe?.(request);
    } catch (error) {
      this.fail(error);
      return false;
    } finally {
      this.#tell();
    }
    return true;
  }

  /** The error of the hit that was just taken; undefined where the answer is none. */
  errorCode(): number | undefined {
    const { errorCodes } = this.plan;
    return errorCodes[Math.min(this.#count, errorCodes.length) - 1];
  }

  /** Resolves when the fault is released, removed, or `isOver` ends the wait. */
  held(onEnd: (end: () => void) => () => void): Promise<void> {
    return new Promise((resolve) => {
      let forget = (): void => {};
      const end = (): void => {
        forget();
        this.#held.delete(end);
        resolve();
      };
      this.#held.add(end);
      this.#tell();
      forget = onEnd(end);
    });
  }

  /** Lets the requests go on that it holds. */
  release(): void {
    for (const end of [...this.#held]) end();
  }

  /** A hook of the test threw: the fault is taken back, and whoever waits for it hears why. */
  fail(error: unknown): void {
    this.#failure ??= error;
    this.remove();
  }

  /** Takes the fault back and lets go what it holds. Twice is fine. */
  remove(): void {
    if (this.#isRemoved) return;
    this.#isRemoved = true;
    this.#onRemove();
    this.release();
    this.#tell();
  }

  /** Calls `listener` after each hit and when it is removed. Returns the way to stop that. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
