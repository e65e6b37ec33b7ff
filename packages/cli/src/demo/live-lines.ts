import type { PartOutput } from "../parts/part.ts";

const REDRAW_MS = 100;
const PLAIN_EVERY_MS = 1000;

/** A few lines that change in place on a terminal; elsewhere they are printed anew once a second. */
export class LiveLines {
  readonly #out: PartOutput;
  #drawn = 0;
  #nextMs = 0;

  constructor(out: PartOutput) {
    this.#out = out;
  }

  /** Shows the lines unless the last ones are too fresh. */
  show(lines: () => readonly string[]): void {
    if (performance.now() >= this.#nextMs) this.#draw(lines());
  }

  /** Shows the lines for good; what follows stands below. */
  finish(lines: readonly string[]): void {
    this.#draw(lines);
    this.#drawn = 0;
    this.#nextMs = 0;
  }

  #draw(lines: readonly string[]): void {
    const { isTTY, columns = 80 } = this.#out;
    this.#nextMs = performance.now() + (isTTY ? REDRAW_MS : PLAIN_EVERY_MS);
    if (!isTTY) {
      this.#out.write(lines.map((line) => `${line}\n`).join(""));
      return;
    }
    const up = this.#drawn > 0 ? `\x1b[${this.#drawn}A` : "";
    this.#out.write(up + lines.map((line) => `${line.slice(0, columns - 1)}\x1b[K\n`).join(""));
    this.#drawn = lines.length;
  }
}

/** `━━━━━━╌╌╌╌` */
export function progressBar(share: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return "━".repeat(full) + "╌".repeat(width - full);
}
