import assert from "node:assert/strict";
import { test } from "node:test";
import { runsOf, SeededRandom } from "@ottla/base/simulated";
import { compareDecimals, decimalBytes, decimalFromBytes, decimalFromText, decimalJavaText, decimalText, withScale } from "./decimal.ts";

test("a decimal keeps its digits and its scale through text and bytes, at every edge of a byte", () => {
  for (const bits of [7, 8, 15, 16, 23, 24, 31, 32, 47, 48, 63, 64, 127, 128]) {
    for (const near of [-1n, 0n, 1n]) {
      for (const sign of [1n, -1n]) {
        const decimal = { unscaled: sign * (1n << BigInt(bits)) + near, scale: 3 };
        const bytes = decimalBytes(decimal);
        assert.deepEqual(decimalFromBytes(bytes, 3), decimal);
        assert.deepEqual(decimalFromText(decimalText(decimal)), decimal);
        assert.deepEqual(decimalFromText(decimalJavaText(decimal)), decimal);
        // No byte more than it needs: without the first one it would be another number.
        if (bytes.length > 1) assert.notEqual(decimalFromBytes(bytes.subarray(1), 3).unscaled, decimal.unscaled);
      }
    }
  }
});

test("decimals of any digits come back from text and bytes", () => {
  const random = new SeededRandom(runsOf({ quick: 1, long: 2 }));
  for (let run = 0; run < runsOf({ quick: 300, long: 30_000 }); run++) {
    const scale = random.nextInt(40);
    const decimal = decimalFromBytes(random.bytes(1 + random.nextInt(30)), scale);
    assert.deepEqual(decimalFromBytes(decimalBytes(decimal), scale), decimal);
    assert.deepEqual(decimalFromText(decimalText(decimal)), decimal);
    assert.deepEqual(decimalFromText(decimalJavaText(decimal)), decimal);
  }
});

test("a decimal's text is Java's: an exponent where the scale is negative or the number small", () => {
  const texts = ["12.50", "0.00", "-0.5", "1E3", "1.5e-10", ".5", "5.", "+7", "0E+3", "0E-10"];
  assert.deepEqual(
    texts.map((text) => decimalJavaText(decimalFromText(text))),
    ["12.50", "0.00", "-0.5", "1E+3", "1.5E-10", "0.5", "5", "7", "0E+3", "0E-10"],
  );
  assert.deepEqual(
    texts.slice(3, 5).map((text) => decimalText(decimalFromText(text))),
    ["1000", "0.00000000015"],
  );
});

test("decimals compare by what they are worth, and take another scale only without losing digits", () => {
  assert.equal(compareDecimals(decimalFromText("1.0"), decimalFromText("1.00")), 0);
  assert.equal(compareDecimals(decimalFromText("-1.01"), decimalFromText("-1")), -1);
  assert.deepEqual(withScale(decimalFromText("1.50"), 1), { unscaled: 15n, scale: 1 });
  assert.throws(() => withScale(decimalFromText("1.55"), 1), { code: "CONNECT_DATA" });
});

test("what is no decimal is refused, and a text that would fill the memory is too", () => {
  for (const text of ["", ".", "1.2.3", "1e", "abc", " 1", "1 ", "0x10", "9".repeat(10_001)])
    assert.throws(() => decimalFromText(text), { code: "CONNECT_DATA" });
  assert.throws(() => decimalText(decimalFromText("1E999999999")), { code: "CONNECT_DATA" });
  assert.throws(() => decimalFromBytes(new Uint8Array(), 2), { code: "CONNECT_DATA" });
});
