import { DISK_ERROR_CODES } from "@ottla/base";
import { type ControlledClock, DISK_OPERATIONS, type DiskFault, type FaultyDisk } from "@ottla/base/simulated";
import { checkName, fieldsOf, oneOf, wholeNumber } from "./argument-checks.ts";

/** The broker's time. Clients have their own. */
export class ClockHandle {
  readonly #clock: ControlledClock;
  readonly #onMove: () => void;

  /** @internal */
  constructor(clock: ControlledClock, onMove: () => void) {
    this.#clock = clock;
    this.#onMove = onMove;
  }

  /** Wall time at the broker, in ms since the epoch. */
  now(): number {
    return this.#clock.nowMs();
  }

  get isFrozen(): boolean {
    return this.#clock.isFrozen;
  }

  /** Time stands still: no session ends, no wait of a Fetch is over, no retention happens. Requests are served all the same. */
  freeze(): void {
    this.#clock.freeze();
  }

  /** Time goes on from where it stands. */
  resume(): void {
    this.#clock.resume();
  }

  /** Lets time pass at once, with all that becomes due in it: sessions end, retention happens. */
  advance(ms: number): void {
    this.#clock.advance(ms);
    this.#onMove();
  }

  /** Moves wall time alone, forward or back, as an operator does: timestamps change, sessions do not end. */
  jump(ms: number): void {
    this.#clock.jumpWall(ms);
  }
}

const checkDiskFault = fieldsOf({
  operation: oneOf(...DISK_OPERATIONS),
  path: checkName,
  code: oneOf(...DISK_ERROR_CODES),
  after: wholeNumber(0),
  times: (subject, value) => {
    if (value !== Infinity) wholeNumber(1)(subject, value);
  },
  partialBytes: wholeNumber(0),
});

/** The broker's disk, which is in memory. */
export class DiskHandle {
  readonly #disk: FaultyDisk;

  /** @internal */
  constructor(disk: FaultyDisk) {
    this.#disk = disk;
  }

  get isFull(): boolean {
    return this.#disk.isFull;
  }

  /** No space is left for records; what is there is served. Producers hear KAFKA_STORAGE_ERROR. Metadata lies elsewhere, so leaders can be moved. */
  fill(): void {
    this.#disk.isFull = true;
  }

  /** There is space again. */
  free(): void {
    this.#disk.isFull = false;
  }

  /** Makes operations fail, such as `{ operation: "sync", path: "orders-0", times: 1 }`. Returns the way to take that back. */
  fail(fault: DiskFault): () => void {
    checkDiskFault("fail: fault", fault);
    return this.#disk.fail(fault);
  }
}
