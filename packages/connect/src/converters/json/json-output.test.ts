import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { doubleText } from "../../data/java-number.ts";
import { JsonOutput } from "./json-output.ts";
import { textOf } from "./json-text.ts";

const SEED = testSeed();

function written(write: (out: JsonOutput) => void): string {
  const out = new JsonOutput();
  out.begin();
  write(out);
  return out.take().toString();
}

test("whole numbers of every size are written as they are", () => {
  const edges = [7, 9, 10, 18, 19, 31, 32, 52, 53, 54, 62, 63, 64, 70].flatMap((bits) => [2n ** BigInt(bits), 10n ** BigInt(bits % 20)]);
  const values = [0n, ...edges.flatMap((edge) => [edge - 1n, edge, edge + 1n])].flatMap((value) => [value, -value]);
  for (const value of values) {
    assert.equal(
      written((out) => out.bigint(value)),
      String(value),
    );
    if (value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER)
      assert.equal(
        written((out) => out.int(Number(value))),
        String(value),
      );
  }
  assert.equal(
    written((out) => out.int(-0)),
    "0",
  );
});

test("random numbers of 64 bits and doubles are written as the slow way has them", () => {
  const random = new SeededRandom(SEED);
  const parts = new DataView(new ArrayBuffer(8));
  const out = new JsonOutput();
  const text = (write: () => void): string => {
    out.begin();
    write();
    return out.takeText();
  };
  for (let run = 0; run < 20_000; run++) {
    parts.setUint32(0, random.nextInt(2 ** 32));
    parts.setUint32(4, random.nextInt(2 ** 32));
    const whole = BigInt.asIntN(64, parts.getBigInt64(0) >> BigInt(random.nextInt(64)));
    assert.equal(
      text(() => out.bigint(whole)),
      String(whole),
      `OTTLA_TEST_SEED=${SEED}`,
    );
    const few = (random.nextInt(2 ** 32) - 2 ** 31) / 10 ** random.nextInt(14);
    for (const double of [parts.getFloat64(0), few, few / 3])
      assert.equal(
        text(() => out.double(double)),
        doubleText(double),
        `OTTLA_TEST_SEED=${SEED}`,
      );
  }
  for (const double of [0, -0, 0.1, 1e-3, 9.99e-4, 1e7, 9999999.999999, 0.30000000000000004, NaN, Infinity, -Infinity, 5e-324])
    assert.equal(
      text(() => out.double(double)),
      doubleText(double),
    );
});

test("a record that was taken stays as it was, whatever is written behind it", () => {
  const random = new SeededRandom(SEED);
  const out = new JsonOutput();
  const taken: { readonly bytes: Buffer; readonly text: string }[] = [];
  for (let record = 0; record < 2_000; record++) {
    const parts = Array.from({ length: random.nextInt(12) }, () =>
      random.pick([
        "",
        "a",
        "plain",
        "ä",
        "\u{1f600}",
        "\ud800",
        '"\\',
        "\u0000",
        "x".repeat(49),
        "ö".repeat(60),
        "y".repeat(random.nextInt(40_000)),
      ]),
    );
    out.begin();
    for (const part of parts) out.text(part);
    // One that failed in the middle leaves nothing.
    if (record % 7 === 0) continue;
    const text = parts.map(textOf).join("");
    if (record % 5 === 0) assert.equal(out.takeText(), text, `OTTLA_TEST_SEED=${SEED}`);
    else taken.push({ bytes: out.take(), text });
  }
  for (const { bytes, text } of taken) assert.ok(bytes.toString() === text, `OTTLA_TEST_SEED=${SEED}`);
});

test("a text of nothing but quotes fits wherever in a page it begins", () => {
  const quotes = '"'.repeat(48);
  for (let before = 32_768 - 110; before <= 32_768; before++) {
    const text = written((out) => {
      out.ascii("x".repeat(before));
      out.text(quotes);
    });
    assert.equal(text.slice(before), textOf(quotes), `behind ${before} bytes`);
  }
});

test("what is given back is written over, and nothing else is", () => {
  const random = new SeededRandom(SEED);
  const out = new JsonOutput();
  const write = (text: string): Buffer => {
    out.begin();
    out.text(text);
    return out.take();
  };
  const kept: { readonly bytes: Buffer; readonly text: string }[] = [];
  for (let record = 0; record < 5_000; record++) {
    const key = `key ${record}`;
    const text = `${record}${"z".repeat(random.pick([0, 30, 60, 3_000, random.nextInt(40_000)]))}`;
    const [keyBytes, bytes] = [write(key), write(text)];
    // One that is not the last says nothing of others.
    if (kept.length > 0 && random.nextInt(4) === 0) out.giveBack(random.pick(kept).bytes);
    assert.equal(keyBytes.toString(), `"${key}"`, `OTTLA_TEST_SEED=${SEED}`);
    assert.ok(bytes.toString() === `"${text}"`, `OTTLA_TEST_SEED=${SEED}`);
    if (record % 9 === 0) kept.push({ bytes: keyBytes, text: key }, { bytes, text });
    else {
      out.giveBack(bytes);
      out.giveBack(keyBytes);
    }
  }
  for (const { bytes, text } of kept) assert.ok(bytes.toString() === `"${text}"`, `OTTLA_TEST_SEED=${SEED}`);
  const place = write("a").byteOffset;
  for (let record = 0; record < 3; record++) {
    const [one, other] = [write("b"), write("c")];
    assert.equal(one.byteOffset, place + 3);
    out.giveBack(other);
    out.giveBack(one);
  }
});

test("a record that is larger than a page holds no more memory than it has", () => {
  const out = new JsonOutput();
  out.begin();
  out.text("x".repeat(3_000_000));
  const bytes = out.take();
  assert.ok(bytes.buffer.byteLength < 3_100_000, String(bytes.buffer.byteLength));
  out.begin();
  out.ascii("null");
  assert.ok(out.take().buffer.byteLength < 100_000);
});
