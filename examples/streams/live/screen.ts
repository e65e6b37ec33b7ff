const REDRAW_MS = 200;
const PLAIN_EVERY_MS = 2_000;

/** A few lines that change in place on a terminal, and are printed anew every two seconds elsewhere. */
export class Screen {
  #drawn = 0;
  #nextMs = 0;

  show(lines: () => readonly string[]): void {
    const now = performance.now();
    if (now < this.#nextMs) return;
    const { isTTY, columns } = process.stdout;
    this.#nextMs = now + (isTTY ? REDRAW_MS : PLAIN_EVERY_MS);
    if (!isTTY) {
      this.print(lines());
      return;
    }
    const up = this.#drawn > 0 ? `\x1b[${this.#drawn}A` : "";
    process.stdout.write(
      up +
        lines()
          .map((line) => `${line.slice(0, columns - 1)}\x1b[K\n`)
          .join(""),
    );
    this.#drawn = lines().length;
  }

  /** What stays. */
  print(lines: readonly string[]): void {
    this.#drawn = 0;
    process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  }
}
