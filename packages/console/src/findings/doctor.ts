import type { Clock } from "@ottla/base";
import type { ClientClusterAccess } from "@ottla/expert/collect";
import { type ClusterObservation, type DoctorReport, examineInSlices, observeInSlices } from "@ottla/expert/doctor";

/** A report is shown for so long before it is made anew. */
const FRESH_FOR_MS = 60_000;

/** The doctor's report of the cluster, made when somebody wants it, and kept for a minute. One is made at a time, whoever asks. */
export class Doctor {
  readonly #access: Pick<ClientClusterAccess, "snapshot">;
  readonly #clock: Clock;
  #observation: ClusterObservation | undefined;
  #last: { readonly atMs: number; readonly report: DoctorReport } | undefined;
  #making: Promise<DoctorReport> | undefined;

  constructor(access: Pick<ClientClusterAccess, "snapshot">, clock: Clock) {
    this.#access = access;
    this.#clock = clock;
  }

  /** The last one, however old; undefined before the first. */
  get last(): DoctorReport | undefined {
    return this.#last?.report;
  }

  /** What the last report was made of; undefined before the first. */
  get observation(): ClusterObservation | undefined {
    return this.#observation;
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
    const snapshot = await this.#access.snapshot();
    // Several looks show what one cannot: a group that does not move, members that come and go.
    this.#observation = await observeInSlices(this.#observation, snapshot, this.#clock);
    const report = await examineInSlices(this.#observation, this.#clock);
    this.#last = { atMs: this.#clock.monotonicMs(), report };
    return report;
  }
}
