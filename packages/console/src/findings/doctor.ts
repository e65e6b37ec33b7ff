import type { Clock } from "@ottla/base";
import type { DoctorReport } from "@ottla/expert/doctor";
import type { ShownCertificate } from "../security/certificates.ts";
import type { Examination } from "./examination.ts";
import type { Examiner } from "./examiner.ts";

/** A report is shown for so long before it is made anew. */
const FRESH_FOR_MS = 60_000;

/** The doctor's report of the cluster, made when somebody wants it, and kept for a minute. One is made at a time, whoever asks. */
export class Doctor {
  readonly #examiner: Examiner;
  readonly #clock: Clock;
  #last: (Examination & { readonly atMs: number }) | undefined;
  #making: { readonly report: Promise<DoctorReport>; readonly givesWay: boolean } | undefined;

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

  /** What is there already, and whether a newer one is being made instead, since it is older than a minute. Undefined before the first: {@link report} makes that. */
  get known(): { readonly report: DoctorReport; readonly isRenewing: boolean } | undefined {
    if (this.#last === undefined) return undefined;
    if (!this.#isFresh) this.#begin(false);
    return { report: this.#last.report, isRenewing: this.#making !== undefined };
  }

  /** Makes one that nobody waits for and that gives way to all else, so that on a busy machine it may take long: who asks meanwhile gets one of their own instead. What fails is told to who asks next. */
  beginPatiently(): void {
    this.#begin(true);
  }

  /** Not older than a minute; with `anew` made now. Errors: those of the examiner. */
  report(anew: boolean): Promise<DoctorReport> {
    if (!anew && this.#last !== undefined && this.#isFresh) return Promise.resolve(this.#last.report);
    return this.#examined(false);
  }

  #begin(givesWay: boolean): void {
    void this.#examined(givesWay).catch(() => {});
  }

  /** One that is being made already, or a new one. */
  #examined(givesWay: boolean): Promise<DoctorReport> {
    if (this.#making !== undefined && (givesWay || !this.#making.givesWay)) return this.#making.report;
    const report = this.#make(givesWay).finally(() => {
      if (this.#making === mine) this.#making = undefined;
    });
    const mine = { report, givesWay };
    this.#making = mine;
    return report;
  }

  get #isFresh(): boolean {
    return this.#last !== undefined && this.#clock.monotonicMs() - this.#last.atMs < FRESH_FOR_MS;
  }

  async #make(givesWay: boolean): Promise<DoctorReport> {
    const examination = await this.#examiner.examine(givesWay);
    this.#last = { ...examination, atMs: this.#clock.monotonicMs() };
    return examination.report;
  }
}
