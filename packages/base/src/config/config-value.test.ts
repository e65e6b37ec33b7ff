import assert from "node:assert/strict";
import { test } from "node:test";
import { type ConfigType, configKey } from "./config-key.ts";
import { ConfigError, formatConfigValue, parseConfig } from "./config-value.ts";

const key = (type: ConfigType, validator?: Parameters<typeof configKey>[4]) => configKey("some.key", type, null, "A key.", validator);

test("text becomes the key's type and Kafka's canonical text", () => {
  assert.deepEqual(parseConfig(key("boolean"), " TRUE "), {
    value: true,
    text: "true",
  });
  assert.deepEqual(parseConfig(key("int"), "+0042"), { value: 42, text: "42" });
  assert.deepEqual(parseConfig(key("long"), "9223372036854775807"), {
    value: Infinity,
    text: "9223372036854775807",
  });
  assert.deepEqual(parseConfig(key("long"), "-9223372036854775808"), {
    value: -Infinity,
    text: "-9223372036854775808",
  });
  assert.deepEqual(parseConfig(key("list"), "a , b,c"), {
    value: ["a", "b", "c"],
    text: "a,b,c",
  });
  assert.deepEqual(parseConfig(key("list"), "a,a"), { value: ["a", "a"], text: "a,a" });
  assert.deepEqual(parseConfig(key("list", { validator: { kind: "list", mayBeEmpty: true } }), "a,b,a"), {
    value: ["a", "b"],
    text: "a,b",
  });
  assert.deepEqual(parseConfig(key("list"), ""), { value: [], text: "" });
  assert.deepEqual(parseConfig(key("double"), "1"), { value: 1, text: "1.0" });
  assert.deepEqual(parseConfig(key("string"), null), {
    value: null,
    text: null,
  });
});

test("doubles are written as Java writes them", () => {
  const texts = [0, 0.5, 100, 1e7, 12345678.5, 1e-4, 1.7976931348623157e308].map((value) => formatConfigValue("double", value));
  assert.deepEqual(texts, ["0.0", "0.5", "100.0", "1.0E7", "1.23456785E7", "1.0E-4", "1.7976931348623157E308"]);
});

test("what is not of the type or out of its bounds is refused in one sentence", () => {
  const refused: [ReturnType<typeof key>, string, string][] = [
    [key("boolean"), "yes", "true or false"],
    [key("int"), "2147483648", "a whole number (32 bit)"],
    [key("short"), "32768", "a whole number (16 bit)"],
    [key("long"), "1.5", "a whole number (64 bit)"],
    [key("long"), "", "a whole number (64 bit)"],
    [key("double"), "NaN", "a number"],
    [key("int", { validator: { kind: "range", min: 1, max: 9 } }), "10", "a whole number (32 bit) from 1 to 9"],
    [key("int", { validator: { kind: "range", min: 1 } }), "0", "a whole number (32 bit) of at least 1"],
    [key("string", { validator: { kind: "oneOf", values: ["a", "b"] } }), "A", "one of a, b"],
    [key("list", { validator: { kind: "list", mayBeEmpty: false } }), "", "a non-empty comma-separated list"],
    [
      key("list", {
        validator: { kind: "list", mayBeEmpty: true, values: ["a"] },
      }),
      "a,b",
      "a comma-separated list of a",
    ],
    [key("list", { validator: { kind: "list", mayBeEmpty: true } }), "a,,b", "a comma-separated list"],
    [key("string", { validator: { kind: "nonEmpty" } }), " ", "a non-empty string"],
  ];
  for (const [refusing, text, allowed] of refused) {
    assert.throws(
      () => parseConfig(refusing, text),
      (error) =>
        error instanceof ConfigError &&
        error.code === "INVALID_CONFIG" &&
        error.message === `Value "${text.trim()}" is not allowed for some.key: it must be ${allowed}.`,
    );
  }
});

test("the value of a password is never repeated in an error", () => {
  const secret = key("password", {
    validator: { kind: "custom", allowed: "longer", accepts: () => false },
  });
  assert.throws(() => parseConfig(secret, "hunter2"), {
    message: "The value given is not allowed for some.key: it must be longer.",
  });
});

test("the unit comes from the name's ending and passwords are sensitive", () => {
  assert.equal(configKey("a.ms", "long", "1", "").unit, "ms");
  assert.equal(configKey("a.max.bytes.per.second", "long", "1", "").unit, "bytes/s");
  assert.equal(configKey("a.ms", "string", "1", "").unit, undefined);
  assert.equal(configKey("a", "password", null, "").sensitive, true);
});
