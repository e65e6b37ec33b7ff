import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJaasConfig } from "./jaas-config.ts";

const parse = (text: string) =>
  parseJaasConfig("sasl.jaas.config", text).map(({ loginModule, controlFlag, options }) => [
    loginModule,
    controlFlag,
    Object.fromEntries(options),
  ]);

test("modules, flags, options, quotes, escapes and comments are read as Java reads them", () => {
  assert.deepEqual(parse(`org.x.PlainLoginModule required username="admin" password="a b\\"c;=" user_admin='s\\'' ;`), [
    ["org.x.PlainLoginModule", "required", { username: "admin", password: 'a b"c;=', user_admin: "s'" }],
  ]);
  assert.deepEqual(parse('A\n  REQUIRED // user\n a=b /* and */ c-d = "\\101\\tx";B optional;'), [
    ["A", "required", { a: "b", "c-d": "A\tx" }],
    ["B", "optional", {}],
  ]);
});

test("what is none is refused in a sentence without a word of it", () => {
  for (const text of [
    "",
    "A;",
    "A required",
    'A required password="hush"',
    "A required password;",
    "A required password=;",
    'A sometimes password="hush";',
    'A required password="hush;',
  ])
    assert.throws(
      () => parse(text),
      (error: Error) => error.message.startsWith("sasl.jaas.config is no JAAS configuration: ") && !/hush/.test(error.message),
      text,
    );
});
