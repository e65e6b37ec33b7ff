import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { LOG_WAITING_BYTES_MAX, LogPipe } from "./log-pipe.ts";

/** A stream whose reader takes a piece when it is let. */
class SlowReader extends Writable {
  readonly taken: string[] = [];
  #take: (() => void) | undefined;

  override _write(piece: Buffer, _encoding: string, done: () => void): void {
    this.#take = () => {
      this.taken.push(piece.toString());
      done();
    };
  }

  /** Takes all that waits. */
  async takeAll(): Promise<void> {
    while (this.writableLength > 0) {
      this.#take?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

const line = `${"x".repeat(1023)}\n`;

test("behind a reader that takes nothing a bounded number of bytes wait, and what was dropped is counted where it is missing", async () => {
  const out = new SlowReader();
  const pipe = new LogPipe(out, (count) => `${count} dropped\n`);
  const room = LOG_WAITING_BYTES_MAX / line.length;
  for (let i = 0; i < room + 5; i++) pipe.write(line);
  assert.equal(out.writableLength, LOG_WAITING_BYTES_MAX);
  await out.takeAll();
  pipe.write("after\n");
  await out.takeAll();
  assert.deepEqual([out.taken.length, ...out.taken.slice(room)], [room + 2, "5 dropped\n", "after\n"]);
  for (let i = 0; i < room + 2; i++) pipe.write(line);
  await out.takeAll();
  assert.equal(out.taken.at(-1), "2 dropped\n", "each gap has its own count");
});

test("a reader that goes away ends nothing, and two logs on one stream listen once", async () => {
  const out = new Writable({ write: (_piece, _encoding, done) => done(Object.assign(new Error("gone"), { code: "EPIPE" })) });
  const pipes = [new LogPipe(out, String), new LogPipe(out, String)];
  assert.equal(out.listenerCount("error"), 1);
  for (const pipe of pipes) pipe.write(line);
  await new Promise((resolve) => out.once("close", resolve));
  for (const pipe of pipes) pipe.write(line);
});
