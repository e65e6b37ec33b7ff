import { once } from "node:events";
import type { CommandContext } from "./command.ts";

const FLUSH_BYTES = 65_536;

/** Collects what a command prints and writes it in large pieces, no faster than the reader takes it. */
export class ByteOutput {
  readonly #out: CommandContext["stdout"];
  readonly #signal: AbortSignal;
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  constructor({ stdout, signal }: Pick<CommandContext, "stdout" | "signal">) {
    this.#out = stdout;
    this.#signal = signal;
  }

  /** The bytes are not copied: they must stay as they are until the next flush. */
  add(piece: Uint8Array | string): void {
    const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
  }

  /** Writes when enough has gathered. */
  async flushIfFull(): Promise<void> {
    if (this.#bytes >= FLUSH_BYTES) await this.flush();
  }

  /** Writes everything; resolves when there is room for more, or nobody reads any more. */
  async flush(): Promise<void> {
    if (this.#bytes === 0) return;
    const whole = Buffer.concat(this.#pieces, this.#bytes);
    this.#pieces = [];
    this.#bytes = 0;
    if (this.#out.destroyed || this.#out.write(whole) || this.#signal.aborted) return;
    await once(this.#out, "drain", { signal: this.#signal }).catch((error: unknown) => {
      if (!this.#signal.aborted && !this.#out.destroyed) throw error;
    });
  }
}
