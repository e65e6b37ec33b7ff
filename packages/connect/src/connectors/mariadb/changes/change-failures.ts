import type { Logger } from "@ottla/base";
import { ConnectError } from "../../../connect-error.ts";

/** Says what of the binlog is not read, with the place, and lets it pass where the settings say so. */
export class ChangeFailures {
  readonly #mode: "fail" | "warn" | "skip";
  readonly #log: Logger;
  readonly #file: () => string;

  /** `mode`: `event.processing.failure.handling.mode` */
  constructor(mode: "fail" | "warn" | "skip", log: Logger, file: () => string) {
    this.#mode = mode;
    this.#log = log;
    this.#file = file;
  }

  /** @throws ConnectError CONNECT_DATA unless the settings let it pass */
  refuse(problem: string, position: bigint, gtid: string | undefined, cause?: unknown): void {
    if (this.#mode === "fail") throw this.error("CONNECT_DATA", problem, position, gtid, cause);
    if (this.#mode === "warn") this.#log.warn("A change is left out or taken as it is", { at: `${this.#file()}:${position}`, problem });
  }

  /** What no setting lets pass. */
  error(
    code: "CONNECT_DATA" | "CONNECT_SOURCE",
    problem: string,
    position: bigint,
    gtid: string | undefined,
    cause?: unknown,
  ): ConnectError {
    const at = `${this.#file()}:${position}${gtid === undefined ? "" : ` (transaction ${gtid})`}`;
    return new ConnectError(code, `${at}: ${problem}`, {
      ...(cause !== undefined && { cause }),
      ...(cause instanceof ConnectError && { place: cause.place }),
    });
  }
}
