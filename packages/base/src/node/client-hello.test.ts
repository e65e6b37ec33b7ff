import assert from "node:assert/strict";
import { test } from "node:test";
import { type Beginning, HELLO_BYTES_MAX, HELLO_RECORDS_MAX, judgeBeginning } from "./client-hello.ts";

const recordOf = (body: Buffer, kind = 0x16): Buffer =>
  Buffer.concat([Buffer.from([kind, 3, 1, body.length >> 8, body.length & 0xff]), body]);

function helloOf(byteLength: number): Buffer {
  const message = Buffer.alloc(byteLength, 7);
  message.writeUInt32BE(0x0100_0000 + byteLength - 4, 0);
  return message;
}

/** In records of that many bytes each. */
function cut(message: Buffer, ...sizes: number[]): Buffer {
  const records: Buffer[] = [];
  let at = 0;
  for (let i = 0; at < message.length; i++) {
    const end = at + (sizes[Math.min(i, sizes.length - 1)] ?? message.length);
    records.push(recordOf(message.subarray(at, end)));
    at = end;
  }
  return Buffer.concat(records);
}

const what = (beginning: Beginning): string => (beginning.kind === "unfit" ? beginning.what : beginning.kind);

test("a hello is whole with its last byte, and not before, in however many records it comes", () => {
  for (const bytes of [cut(helloOf(517)), cut(helloOf(1700), 100, 800), cut(helloOf(40), 4, 3), cut(helloOf(HELLO_BYTES_MAX))])
    for (let end = 1; end <= bytes.length; end += end < 300 || end > bytes.length - 300 ? 1 : 100)
      assert.equal(judgeBeginning(bytes.subarray(0, end)).kind, end < bytes.length ? "partial" : "whole", `${end} of ${bytes.length}`);
});

test("what came behind it is no matter, up to 16 KiB in all", () => {
  const hello = cut(helloOf(1000));
  assert.equal(judgeBeginning(Buffer.concat([hello, Buffer.alloc(15_000)])).kind, "whole");
  assert.match(what(judgeBeginning(Buffer.concat([hello, Buffer.alloc(16 * 1024)]))), /16384 bytes and more with what came behind/);
});

test("nothing is waited for that would be more than 16 KiB", () => {
  // Each record is as long as it may be, and all of its message but one byte came with the first.
  const most = Buffer.concat([recordOf(helloOf(HELLO_BYTES_MAX).subarray(0, -1)), recordOf(Buffer.alloc(16 * 1024))]);
  for (let end = 1; end < most.length; end++) {
    const { kind } = judgeBeginning(most.subarray(0, end));
    assert.ok(end <= 16 * 1024 ? kind === "partial" : kind === "unfit", `${kind} at ${end}`);
  }
});

test("a hello that no client has is refused by its head", () => {
  for (const [bytes, why] of [
    [cut(helloOf(HELLO_BYTES_MAX + 1), 1000).subarray(0, 9), /^has 6145 bytes$/],
    [recordOf(Buffer.from([1, 0, 1])).subarray(0, 5), /^comes in pieces of less than 4 bytes$/],
    [recordOf(Buffer.alloc(0)), /^comes in pieces of less than 4 bytes$/],
    [cut(helloOf(1000), 10), new RegExp(`^comes in more than ${HELLO_RECORDS_MAX} pieces$`)],
    [
      Buffer.concat([
        cut(helloOf(1000))
          .subarray(0, 5 + 500)
          .fill(500 & 0xff, 4, 5)
          .fill(500 >> 8, 3, 4),
        ...Array(40).fill(recordOf(Buffer.alloc(0))),
      ]),
      /pieces$/,
    ],
  ] as const)
    assert.match(what(judgeBeginning(bytes)), why);
});

test("OpenSSL is to refuse what is TLS and no hello", () => {
  for (const bytes of [
    recordOf(Buffer.alloc(200, 0x55)),
    // A record longer than any.
    Buffer.from([0x16, 3, 1, 0xff, 0xff]),
    // An alert in the middle.
    Buffer.concat([
      cut(helloOf(100)).subarray(0, 3),
      Buffer.from([0, 50]),
      helloOf(100).subarray(0, 50),
      recordOf(Buffer.from([2, 10]), 0x15),
    ]),
  ])
    assert.equal(judgeBeginning(bytes).kind, "refusable");
});

test("whoever speaks something else is known by the first byte", () => {
  for (const first of [0, 0x15, 0x17, 0x47, 0x80]) assert.equal(judgeBeginning(Buffer.from([first])).kind, "plaintext");
});
