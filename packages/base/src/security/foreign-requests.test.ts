import assert from "node:assert/strict";
import { test } from "node:test";
import { type DoorRules, strangerReason } from "./foreign-requests.ts";

const here: DoorRules = { boundHost: "127.0.0.1", names: ["me.test:80"], origins: ["https://ops.test"] };
const everywhere: DoorRules = { ...here, boundHost: "0.0.0.0" };

test("who is answered", () => {
  const cases: readonly (readonly [rules: DoorRules, headers: Record<string, string>, isAnswered: boolean])[] = [
    [here, { host: "127.0.0.1:8083" }, true],
    [here, { host: "LOCALHOST:8083" }, true],
    [here, { host: "[::1]:8083" }, true],
    [here, { host: "me.test:8083" }, true],
    [here, { host: "other.test:8083" }, false],
    [here, { host: "127.0.0.1.other.test" }, false],
    [here, {}, false],
    [everywhere, { host: "other.test" }, true],
    [here, { host: "localhost:1", origin: "https://ops.test", "sec-fetch-site": "cross-site" }, true],
    [here, { host: "other.test", origin: "https://ops.test" }, false],
    [here, { host: "localhost:1", origin: "https://evil.test" }, false],
    [here, { host: "localhost:1", origin: "null" }, false],
    [here, { host: "localhost:1", origin: "http://localhost:2" }, false],
    [here, { host: "localhost:1", origin: "http://localhost:1" }, true],
    [here, { host: "localhost:1", "sec-fetch-site": "same-origin" }, true],
    [here, { host: "localhost:1", "sec-fetch-site": "none" }, true],
    [here, { host: "localhost:1", "sec-fetch-site": "cross-site" }, false],
    [here, { host: "localhost:1", "sec-fetch-site": "same-site" }, false],
    [everywhere, { host: "other.test", origin: "http://other.test" }, false],
  ];
  for (const [rules, headers, isAnswered] of cases)
    assert.equal(strangerReason(new Headers(headers), rules) === undefined, isAnswered, JSON.stringify([rules.boundHost, headers]));
});
