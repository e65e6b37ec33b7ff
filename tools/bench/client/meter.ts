const LOOK_EVERY = 256;

/** Counts records; the first are for warming up. Has enough when all are counted or the time is over. */
export class Meter {
  readonly #warmUp: number;
  readonly #total: number;
  readonly #secondsMax: number;
  #count = 0;
  #nextLook: number;
  #beginMs = 0;
  #beginCpu: NodeJS.CpuUsage | undefined;
  #endMs = 0;
  #endCpu: NodeJS.CpuUsage | undefined;
  #beginCount = 0;
  #endCount = 0;
  readonly #enough = Promise.withResolvers<void>();
  readonly #onWarm: () => void;

  constructor(warmUp: number, total: number, secondsMax: number, onWarm: () => void) {
    this.#onWarm = onWarm;
    this.#warmUp = warmUp;
    this.#total = total;
    this.#secondsMax = secondsMax;
    this.#nextLook = warmUp;
  }

  /** True when it is enough. */
  add(count: number): boolean {
    this.#count += count;
    return this.#count >= this.#nextLook && this.#look();
  }

  get isOver(): boolean {
    return this.#endCpu !== undefined;
  }

  /** Resolves when it is enough, for clients that push. */
  get enough(): Promise<void> {
    return this.#enough.promise;
  }

  result(): { readonly count: number; readonly seconds: number; readonly cpuSeconds: number } {
    if (this.#beginCpu === undefined || this.#endCpu === undefined) throw new Error(`Only ${this.#count} records came.`);
    const micros = this.#endCpu.user + this.#endCpu.system - this.#beginCpu.user - this.#beginCpu.system;
    return { count: this.#endCount - this.#beginCount, seconds: (this.#endMs - this.#beginMs) / 1000, cpuSeconds: micros / 1e6 };
  }

  #look(): boolean {
    if (this.isOver) return true;
    const nowMs = performance.now();
    if (this.#beginCpu === undefined) {
      if (this.#count < this.#warmUp) return false;
      this.#onWarm();
      this.#beginMs = nowMs;
      this.#beginCpu = process.cpuUsage();
      this.#beginCount = this.#count;
    }
    this.#nextLook = Math.min(this.#total, this.#count + LOOK_EVERY);
    if (this.#count < this.#total && nowMs - this.#beginMs < this.#secondsMax * 1000) return false;
    this.#endMs = nowMs;
    this.#endCpu = process.cpuUsage();
    this.#endCount = this.#count;
    this.#enough.resolve();
    return true;
  }
}
