import assert from "node:assert/strict";
import { test } from "node:test";
import { readOAuthMessage } from "./client-message.ts";

const read = (text: string) => readOAuthMessage(Buffer.from(text));

test("a first message: its token, as whom, and what else the client says", () => {
  const all = read("n,a=al=2Cic=3De,\x01auth=Bearer a.b-_~+/9==\x01traceId=1 2\t3\x01logicalCluster=lkc-1\x01\x01");
  assert.deepEqual(all, {
    token: "a.b-_~+/9==",
    authorizationId: "al,ic=e",
    extensions: new Map([
      ["traceId", "1 2\t3"],
      ["logicalCluster", "lkc-1"],
    ]),
  });
  assert.deepEqual(read("n,,\x01auth=bEARER   t\x01\x01"), { token: "t", authorizationId: "", extensions: new Map() });
});

test("what is none is told in a sentence that holds nothing of it", () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["", /malformed/],
    ["\x01", /malformed/],
    ["y,,\x01auth=Bearer secret\x01\x01", /malformed/],
    ["p=tls,,\x01auth=Bearer secret\x01\x01", /malformed/],
    ["n,a=,\x01auth=Bearer secret\x01\x01", /malformed/],
    ["n,a=a=b,\x01auth=Bearer secret\x01\x01", /malformed/],
    ["n,,auth=Bearer secret\x01\x01", /malformed/],
    ["n,,\x01auth=Bearer secret\x01", /no name with a value/],
    ["n,,\x01auth=Bearer secret", /malformed/],
    ["n,,\x01\x01", /has no token/],
    ["n,,\x01a1=secret\x01\x01", /no name with a value/],
    ["n,,\x01=secret\x01\x01", /no name with a value/],
    ["n,,\x01auth=\x01\x01", /no name with a value/],
    ["n,,\x01auth=Bearer secret\x01x=\x02\x01\x01", /no name with a value/],
    ["n,,\x01auth=Bearersecret\x01\x01", /characters that no token has/],
    ["n,,\x01auth=Bearer sec ret\x01\x01", /characters that no token has/],
    ["n,,\x01auth=Bearer sec=ret\x01\x01", /characters that no token has/],
    ["n,,\x01auth=Basic secret\x01\x01", /not of the kind Bearer/],
    ["n,,\x01x=secret\x01\x01", /has no token/],
  ];
  for (const [text, message] of wrong) {
    const why = read(text);
    assert.ok(typeof why === "string" && message.test(why) && !why.includes("secret"), `${JSON.stringify(text)}: ${JSON.stringify(why)}`);
  }
});

test("a message cut anywhere is none", () => {
  const whole = "n,a=alice,\x01auth=Bearer abc.def.ghi\x01some=thing\x01\x01";
  for (let cut = 0; cut < whole.length; cut++) assert.equal(typeof read(whole.slice(0, cut)), "string", `${cut}`);
});
