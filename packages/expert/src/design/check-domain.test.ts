import assert from "node:assert/strict";
import { test } from "node:test";
import { designAcls } from "./design-acls.ts";
import { domainOf, readDomain } from "./read-domain.ts";

const file = (outage: string, consumes = "[a.b.c]") => `
system: s
events: { a.b.c: { rate: 1, size: 1kB, retention: 1d } }
services: { p: { produces: [a.b.c], consumes: ${consumes}, outage: ${outage} } }`;

test("a service may be down for as long as records are kept, and no second longer", () => {
  assert.deepEqual(readDomain(file("1d")).issues, []);
  assert.match(readDomain(file("86401s")).issues[0]!.message, /^It may be down for 86401 s, and a\.b\.c is kept for 86400 s only/);
});

test("who reads and writes an event may do both, and who writes it only that", () => {
  const onEvent = (consumes: string) =>
    designAcls(domainOf(file("1h", consumes), "f"))
      .filter(({ resourceName }) => resourceName === "a.b.c")
      .map(({ operations }) => operations);
  assert.deepEqual(onEvent("[a.b.c]"), [["read", "write"]]);
  assert.deepEqual(onEvent("[]"), [["write"]]);
});
