import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { serverPatternOf } from "./server-pattern.ts";

const of = (expression: RegExp, excludeInternal = true) => serverPatternOf(expression, { excludeInternal });

describe("a RegExp for the coordinator", () => {
  test("matches a part of a name, as JavaScript does, and keeps anchors and case", () => {
    assert.equal(of(/^orders-\d+$/), ".*(?:^orders-\\d+$).*");
    assert.equal(of(/orders|payments/), ".*(?:orders|payments).*");
    assert.equal(of(/^Orders\.(?:eu|us){1,2}[a-z._-]*?$/i), "(?i).*(?:^Orders\\.(?:eu|us){1,2}[a-z._-]*?$).*");
  });

  test("is left to the client where RE2 cannot say the same", () => {
    for (const expression of [
      /^(?!internal)/,
      /(?<=a)b/,
      /(?<name>a)/,
      /(a)\1/,
      /\p{L}/u,
      /[^]/,
      new RegExp("[]"),
      /[[a]/,
      /[a-\d]/,
      /a{2}b{2}/,
      /a{100}/,
      /\u0061/,
      /\x61/,
      /\cA/,
      /[a&&b]/v,
      /a/y,
    ])
      assert.equal(of(expression), undefined, String(expression));
  });

  test("is left to the client when it would take in an internal topic that is to be left out", () => {
    for (const expression of [/.*/, /offsets/, /^__/, /state$/]) {
      assert.equal(of(expression), undefined);
      assert.ok(of(expression, false) !== undefined);
    }
  });

  test("what JavaScript finds in a name, the whole-name match of the pattern finds, for any name", () => {
    const names = ["a", "orders", "orders-1", "orders-12x", "Orders-1", "x.orders", "eu.orders-3", "-", "_", "a.b-c_d"];
    for (const expression of [/orders/, /^orders-\d+$/, /orders|^a/, /ORDERS/i, /^[a-z.]+$/, /\.|-$/, /./, /(?:)/]) {
      const pattern = of(expression);
      assert.ok(pattern !== undefined || expression.test("__consumer_offsets"), String(expression));
      if (pattern === undefined) continue;
      const whole = new RegExp(`^(?:${pattern.replace("(?i)", "")})$`, pattern.startsWith("(?i)") ? "i" : "");
      for (const name of names) assert.equal(whole.test(name), expression.test(name), `${expression} ${name}`);
    }
  });
});
