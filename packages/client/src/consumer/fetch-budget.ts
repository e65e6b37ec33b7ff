/** A request that could bring less than this part of what it wants waits until more room is there. */
const WORTHWHILE_SHARE = 0.5;
/** The long poll of a broker, and the request beside it. */
const REQUESTS_PER_NODE = 2;

/** What one request would like to bring. */
export interface FetchWish {
  /** At most this, by the consumer's options. */
  readonly bytesMax: number;
  /** What the partitions that it names may give. */
  readonly partitionBytes: number;
}

/**
 * One number of bytes for everything that is fetched ahead: what is buffered, and what the answers on the way may bring. Each broker has its share of it, so that long polls
 * of some, which may bring nothing, do not keep others from being asked.
 */
export class FetchBudget {
  readonly #bytesMax: number;
  #onTheWay = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /**
   * How many bytes a request may bring now, beside `bufferedBytes`, where so many brokers are read from; 0: none before something was given out or answered. What is
   * taken has to be {@link giveBack given back}.
   */
  take({ bytesMax, partitionBytes }: FetchWish, bufferedBytes: number, nodeCount: number): number {
    const share = Math.max(1, Math.floor(this.#bytesMax / (REQUESTS_PER_NODE * nodeCount)));
    const wanted = Math.min(bytesMax, partitionBytes, share);
    const room = this.#bytesMax - bufferedBytes - this.#onTheWay;
    const isAlone = bufferedBytes === 0 && this.#onTheWay === 0;
    if (room <= 0 || (!isAlone && room < wanted * WORTHWHILE_SHARE)) return 0;
    const taken = Math.min(wanted, room);
    this.#onTheWay += taken;
    return taken;
  }

  giveBack(bytes: number): void {
    this.#onTheWay -= bytes;
  }
}
