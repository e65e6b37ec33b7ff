const INT32_MAX = 0x7fffffff;

/** Numbers of the requests of one connection: the protocol has 31 bits for them, which a producer without acknowledgements uses up in days. */
export class CorrelationIds {
  #next: number;

  constructor(first = 1) {
    this.#next = first;
  }

  take(): number {
    const id = this.#next;
    this.#next = id === INT32_MAX ? 0 : id + 1;
    return id;
  }
}
