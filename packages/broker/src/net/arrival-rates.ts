/** How fast connections may come through one listener. */
export interface ArrivalRates {
  /** Counts one more; returns for how long it, and all behind it, must wait until it is taken in, in ms. */
  waitMs(nowMs: number): number;
  /** Above 0: the address comes too often, and this connection is closed after so many ms; it was not counted. */
  refusalMs(host: string, nowMs: number): number;
}
