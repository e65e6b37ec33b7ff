import type { Clock } from "@ottla/base";
import type { ClientClusterAccess } from "@ottla/expert/collect";
import { type DoctorReport, examineInSlices, observeInSlices, type PastLooks } from "@ottla/expert/doctor";
import { certificatesOf, type ShownCertificate } from "../security/certificates.ts";

/** A report is shown for so long before it is made anew. */
const FRESH_FOR_MS = 60_000;

/** The doctor's report of the cluster, made when somebody wants it, and kept for a minute. One is made at a time, whoever asks. What it was made of is not kept: that is a hundred MiB of a large cluster. */
export class Doctor {
  readonly #access: Pick<ClientClusterAccess, "snapshot">;
  readonly #clock: Clock;
  #past: PastLooks | undefined;
  #last: { readonly atMs: number; readonly report: DoctorReport; readonly certificates: readonly ShownCertificate[] } | undefined;
  #making: Promise<DoctorReport> | undefined;

  constructor(access: Pick<ClientClusterAccess, "snapshot">, clock: Clock) {
    this.#access = access;
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

  /** Not older than a minute; with `anew` made now. Errors: those of the client. */
  report(anew: boolean): Promise<DoctorReport> {
    if (!anew && this.#last !== undefined && this.#clock.monotonicMs() - this.#last.atMs < FRESH_FOR_MS)
      return Promise.resolve(this.#last.report);
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  async #make(): Promise<DoctorReport> {
    const seen = await this.#access.snapshot();
    // Several looks show what one cannot: a group that does not move, members that come and go.
    const observation = await observeInSlices(this.#past, seen, this.#clock);
    const report = await examineInSlices(observation, this.#clock);
    const { snapshot, ...past } = observation;
    this.#past = past;
    this.#last = { atMs: this.#clock.monotonicMs(), report, certificates: certificatesOf(snapshot) };
    return report;
  }
}
