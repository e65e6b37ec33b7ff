import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { OttlaError } from "../errors.ts";
import { type LogFormat, type LogLevel, lineLogger } from "./line-logger.ts";

function logged(level: LogLevel, format: LogFormat, run: (logger: ReturnType<typeof lineLogger>) => void): string[] {
  const lines: string[] = [];
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  run(lineLogger(out, level, format));
  return lines;
}

test("text lines show level, message and fields, quoting what would be unclear", () => {
  const [line] = logged("info", "text", (logger) =>
    logger.warn("append failed", {
      topic: "flights",
      partition: 3,
      why: 'a "b"',
      none: undefined,
      cause: new OttlaError("DISK_FULL", "No space."),
    }),
  );
  assert.match(
    line!,
    /^\d{4}-\d\d-\d\dT[\d:.]+Z WARN  append failed topic=flights partition=3 why="a \\"b\\"" cause="DISK_FULL: No space\."\n$/,
  );
});

test("events below the level are dropped", () => {
  assert.equal(
    logged("warn", "text", (logger) => {
      logger.info("no");
      logger.debug("no");
      logger.error("yes");
    }).length,
    1,
  );
});

test("a line break in a field cannot forge a second line", () => {
  const [line] = logged("info", "text", (logger) => logger.info("m", { clientId: "a\n2026 ERROR forged" }));
  assert.equal(line!.split("\n").length, 2);
});

test("JSON lines keep fields, errors with code and stack, and never lose time or level", () => {
  const [line] = logged("info", "json", (logger) => logger.error("m", { level: "mine", big: 1n, cause: new OttlaError("X", "y") }));
  const event = JSON.parse(line!);
  assert.deepEqual([event.level, event.level_, event.message, event.big, event.cause.code], ["error", "mine", "m", "1", "X"]);
});

test("control and direction characters of a client reach no log raw", () => {
  const hostile = "\x1b[2J\x9b31m\u202etxt\u2028x";
  for (const format of ["text", "json"] as const) {
    const [line] = logged("debug", format, (logger) =>
      logger.error(hostile, { [hostile]: hostile, list: [hostile], cause: new Error(hostile) }),
    );
    assert.doesNotMatch(line!.replaceAll("\n", ""), /[\p{Cc}\u2028\u202e]/u, format);
  }
});

test("a stack cannot forge a line of the log", () => {
  const [line] = logged("debug", "text", (logger) => logger.error("m", { cause: new Error("x\n2026-01-01T00:00:00.000Z ERROR forged") }));
  const [, ...stack] = line!.trimEnd().split("\n");
  assert.ok(stack.length > 2 && stack.every((part) => part.startsWith("  ")));
});

test("a field that cannot be written never loses the event", () => {
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  for (const format of ["text", "json"] as const)
    assert.match(logged("info", format, (logger) => logger.info("m", { circle, topic: "t" }))[0]!, /m.*cannot be shown.*topic.*t/);
});
