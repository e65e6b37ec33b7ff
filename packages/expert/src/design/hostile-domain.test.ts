import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAllDocuments } from "yaml";
import { designSystem } from "./design-system.ts";
import { strimziResources } from "./outputs/strimzi.ts";
import { misfits } from "./naming.ts";
import { domainOf, readDomain } from "./read-domain.ts";

const messages = (text: string) => readDomain(text).issues.map(({ path, message }) => `${path}: ${message}`);

test("a pattern that backtracks without end is refused, and a simple one is kept", () => {
  const file = (naming: string) => `
system: s
naming: '${naming}'
events: { ${"a".repeat(60)}.b: { rate: 1, size: 1kB } }
services: { p: { produces: ["${"a".repeat(60)}.b"] } }`;
  assert.equal(misfits(/^(a+)+$/, [`${"a".repeat(60)}.b`], 20), undefined);
  assert.deepEqual(misfits(/^a/, ["b", "a"]), new Set(["b"]));
  assert.deepEqual(messages(file("^a+[.]b$")), []);
  assert.match(messages(file("^b")).join(), /does not match the naming \^b/);
});

test("aliases do not make a small file a large system", () => {
  const fields = Array.from({ length: 500 }, (_, i) => `f${i}: int`).join(", ");
  const events = Array.from(
    { length: 500 },
    (_, i) => `  a.b.c${i}: { rate: 1, size: 1kB, fields: ${i === 0 ? `&f { ${fields} }` : "*f"} }`,
  );
  const names = Array.from({ length: 500 }, (_, i) => `a.b.c${i}`).join(", ");
  const services = Array.from({ length: 500 }, (_, i) => `  s${i}: { produces: ${i === 0 ? `&n [${names}]` : "*n"} }`);
  const file = (of: readonly string[], by: readonly string[]) => ["system: s", "events:", ...of, "services:", ...by].join("\n");
  assert.match(messages(file(events, services.slice(0, 1))).join(), /a\.b\.c40\.fields: The lists of the file have more than 20000 values/);
  const plain = events.map((line) => line.replace(/, fields: .*/, " }"));
  assert.match(messages(file(plain, services)).join(), /services\.s40\.produces: The lists of the file have more than 20000 values/);
  assert.deepEqual(messages(file(plain, services.slice(0, 40))), []);
});

test("what would mean something to a shell, a properties file or Terraform is no principal and no broker", () => {
  const file = (cluster: string, principal: string) => `
system: s
cluster: { bootstrap: '${cluster}' }
events: { a.b.c: { rate: 1, size: 1kB } }
services: { p: { produces: [a.b.c], principal: '${principal}' } }`;
  assert.deepEqual(messages(file("kafka-1.shop.example:9092, [::1]:9093", "User:CN=p@shop.example")), []);
  for (const bad of ["User:$(id)", "User:`id`", "User:${env:HOME}", "User:a;b", "User:a b", "p"])
    assert.match(messages(file("a:9092", bad)).join(), /is no principal/, bad);
  for (const bad of ["a", "a:9092; rm -rf ~", "a:9092,", 'a:9092"', "a:$PORT"])
    assert.match(messages(file(bad, "User:p")).join(), /no list of brokers/, bad);
});

test("Strimzi's resources have names that Kubernetes takes, once each, and say where a user is called otherwise", () => {
  const names = ["a-.-b", "a.-b", "-._-.-", "A_b.C", "a-b.c", `${"x".repeat(246)}.y`, "..a"];
  const file = `
system: Shop_1
naming: '.'
events:
${names.map((name) => `  "${name}": { rate: 1, size: 1kB }`).join("\n")}
services: { Svc_A: { produces: [${names.map((name) => `"${name}"`).join(", ")}] } }`;
  const { text } = strimziResources(designSystem(domainOf(file, "f")));
  const resources = parseAllDocuments(text).map(
    (document) => document.toJS() as { kind: string; metadata: { name: string; labels: Record<string, string> } },
  );
  const given = resources.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  assert.equal(new Set(given).size, given.length);
  for (const { metadata } of resources) {
    assert.match(metadata.name, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/);
    assert.ok(metadata.name.length <= 253);
    assert.deepEqual(metadata.labels, { "strimzi.io/cluster": "shop-1" });
  }
  assert.match(text, /^# Strimzi logs a user in by the name of its resource: svc-a here, where the clients' settings say Svc_A\./m);
});
