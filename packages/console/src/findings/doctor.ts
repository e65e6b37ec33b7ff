import type { Clock } from "@ottla/base";
import type { DoctorReport } from "@ottla/expert/doctor";
import type { ShownCertificate } from "../security/certificates.ts";
import type { Examination, ExaminationProgress } from "./examination.ts";
import type { ExamineOrder, Examiner } from "./examiner.ts";

/** A report is shown for so long before it is made anew. */
const FRESH_FOR_MS = 60_000;

/** One that is being made. */
interface Making {
  readonly report: Promise<DoctorReport>;
  readonly givesWay: boolean;
  /** Gives it up. */
  readonly ending: AbortController;
  progress: ExaminationProgress | undefined;
  /** How many wait for it; of one that gives way nobody does. */
  waiting: number;
}

/** The doctor's report of the cluster, made when somebody wants it, and kept for a minute. One is made at a time, whoever asks, and it is given up when the last of those who asked have gone. */
export class Doctor {
  readonly #examiner: Examiner;
  readonly #clock: Clock;
  #last: (Examination & { readonly atMs: number }) | undefined;
  #making: Making | undefined;

  constructor(examiner: Examiner, clock: Clock) {
    this.#examiner = examiner;
    this.#clock = clock;
  }

  /** The last one, however old; undefined before the first. */
  get last(): DoctorReport | undefined {
    return this.#last?.report;
  }

  /** Those of the brokers' listeners, as the last report's look saw them. */
  get certificates(): readonly ShownCertificate[] {
    return this.#last?.certificates ?? [];
  }

  /** Whether one is being made. */
  get isExamining(): boolean {
    return this.#making !== undefined;
  }

  /** How far the one is that is being made. */
  get progress(): ExaminationProgress | undefined {
    return this.#making?.progress;
  }

  /** Whether the last one is not older than a minute. */
  get isFresh(): boolean {
    return this.#last !== undefined && this.#clock.monotonicMs() - this.#last.atMs < FRESH_FOR_MS;
  }

  /** What is there already, and whether a newer one is being made instead, since it is older than a minute. Undefined before the first: {@link report} makes that. */
  get known(): { readonly report: DoctorReport; readonly isRenewing: boolean } | undefined {
    if (this.#last === undefined) return undefined;
    // It goes on until it is there, whoever goes.
    if (!this.isFresh) void this.report(true).catch(() => {});
    return { report: this.#last.report, isRenewing: this.#making !== undefined };
  }

  /** Makes one that nobody waits for and that gives way to all else, so that on a busy machine it may take long: who asks meanwhile gets one of their own instead. What fails is told to who asks next. */
  beginPatiently(): void {
    void this.#examined(true).report.catch(() => {});
  }

  /** Not older than a minute; with `anew` made now. Who goes, by the signal, waits no more; it rejects only with what becomes of the examination. Errors: those of the examiner. */
  report(anew: boolean, signal?: AbortSignal): Promise<DoctorReport> {
    if (!anew && this.#last !== undefined && this.isFresh) return Promise.resolve(this.#last.report);
    const making = this.#examined(false);
    making.waiting++;
    const leave = (): void => {
      if (--making.waiting === 0) making.ending.abort();
    };
    if (signal?.aborted) leave();
    else {
      signal?.addEventListener("abort", leave, { once: true });
      const stay = (): void => signal?.removeEventListener("abort", leave);
      making.report.then(stay, stay);
    }
    return making.report;
  }

  /** One that is being made already, or a new one. */
  #examined(givesWay: boolean): Making {
    const current = this.#making;
    if (current !== undefined && !current.ending.signal.aborted && (givesWay || !current.givesWay)) return current;
    const ending = new AbortController();
    const begun: Omit<Making, "report"> = { givesWay, ending, progress: undefined, waiting: 0 };
    // An examiner may tell at once.
    const onProgress = (progress: ExaminationProgress): void => {
      begun.progress = progress;
    };
    const report = this.#make({ givesWay, onProgress, signal: ending.signal }).finally(() => {
      if (this.#making === mine) this.#making = undefined;
    });
    const mine: Making = Object.assign(begun, { report });
    this.#making = mine;
    return mine;
  }

  async #make(order: ExamineOrder): Promise<DoctorReport> {
    const examination = await this.#examiner.examine(order);
    this.#last = { ...examination, atMs: this.#clock.monotonicMs() };
    return examination.report;
  }
}
