/** What a loop gives, decoded. An error ends the loop beneath as a `break` would: what it gave last is delivered and not done with. */
export class DecodingIterator<Given, Decoded> implements AsyncIterableIterator<Decoded, undefined> {
  readonly #inner: AsyncIterableIterator<Given, undefined>;
  readonly #decode: (given: Given) => Decoded | undefined | Promise<Decoded | undefined>;

  /** `decode` gives undefined for what is to be passed over. */
  constructor(
    inner: AsyncIterableIterator<Given, undefined>,
    decode: (given: Given) => Decoded | undefined | Promise<Decoded | undefined>,
  ) {
    this.#inner = inner;
    this.#decode = decode;
  }

  async next(): Promise<IteratorResult<Decoded, undefined>> {
    for (;;) {
      const result = await this.#inner.next();
      if (result.done) return result;
      const decoded = await this.#decoded(result.value);
      if (decoded !== undefined) return { done: false, value: decoded };
    }
  }

  async return(): Promise<IteratorResult<Decoded, undefined>> {
    await this.#inner.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #decoded(given: Given): Promise<Decoded | undefined> {
    try {
      return await this.#decode(given);
    } catch (error) {
      await this.#inner.return?.();
      throw error;
    }
  }
}
