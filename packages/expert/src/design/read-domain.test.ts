import assert from "node:assert/strict";
import { test } from "node:test";
import { issueText, readDomain } from "./read-domain.ts";

const SMALL = `
system: shop
events:
  orders.order.created: { key: order_id, order: key, rate: 10/s, size: 1kB }
services:
  order-service: { produces: [orders.order.created] }
  billing: { consumes: [orders.order.created], timePerRecord: 5ms }
`;

function issuesOf(text: string): readonly string[] {
  return readDomain(text).issues.map((issue) => issueText(issue, "f"));
}

test("a small file is completed by defaults, in base units", () => {
  const { domain } = readDomain(SMALL);
  assert.ok(domain);
  assert.deepEqual([domain.system, domain.cluster.brokers, domain.cluster.kafka], ["shop", 3, "4.4"]);
  const [event] = domain.events;
  assert.deepEqual([event!.rate, event!.peak, event!.size, event!.maxSize, event!.retention], [10, 30, 1000, 10_000, 604_800]);
  const [, billing] = domain.services;
  assert.deepEqual(
    [billing!.group, billing!.principal, billing!.timePerRecord, billing!.guarantee],
    ["billing", "User:billing", 0.005, "at-least-once"],
  );
});

test("what is wrong is told by line, with what to do", () => {
  const cases: readonly (readonly [string, readonly [string, string], string])[] = [
    [
      "an unknown key",
      ["rate: 10/s", "rat: 10/s"],
      'f:4: events.orders.order.created.rat: There is no key "rat" here (is rate meant?); the keys are',
    ],
    [
      "a missing key",
      [", size: 1kB", ""],
      "f:4: events.orders.order.created.size: Give size: bytes of a record, as serialised, on average (as in size: 5kB).",
    ],
    [
      "a quantity without its unit",
      ["1kB", "1000"],
      'f:4: events.orders.order.created.size: "1000" is no quantity of this kind; its unit is one of',
    ],
    ["nothing", ["10/s", "0/s"], "f:4: events.orders.order.created.rate: It is 0/s; it must be above 0."],
    ["a choice", ["order: key", "order: keys"], 'f:4: events.orders.order.created.order: "keys" is none of key, all, none.'],
    [
      "an event that is not there",
      ["produces: [orders.order.created]", "produces: [orders.order.made]"],
      'f:6: services.order-service.produces: There is no event "orders.order.made"; write it under events, or mend the name.',
    ],
    [
      "order without a key",
      ["key: order_id, ", ""],
      "f:4: events.orders.order.created.order: Order by key needs a key: name the field, or say order: none.",
    ],
    ["a name against the policy", ["orders.order.created:", "Orders:"], 'f:4: events.Orders: "Orders" does not match the naming'],
    [
      "a retry topic that breaks order",
      ["timePerRecord: 5ms", "retryAfter: [10s]"],
      "f:7: services.billing.retryAfter: Retry topics give order up, and orders.order.created needs it",
    ],
    [
      "an outage longer than the retention",
      ["timePerRecord: 5ms", "outage: 8d"],
      "f:7: services.billing.outage: It may be down for 691200 s, and orders.order.created is kept for 604800 s only",
    ],
    [
      "a group of two services",
      ["timePerRecord: 5ms }", "group: x }\n  audit: { consumes: [orders.order.created], group: x }"],
      'f:8: services.audit.group: billing has the group "x", too',
    ],
    [
      "a peak below the rate",
      ["rate: 10/s", "rate: 10/s, peak: 5/s"],
      "f:4: events.orders.order.created.peak: The peak (5/s) is below the rate (10/s)",
    ],
    [
      "a type",
      ["size: 1kB", 'size: 1kB, fields: { order_id: "decimal(3,9)" }'],
      'f:4: events.orders.order.created.fields.order_id: "decimal(3,9)" is no decimal',
    ],
    [
      "a comma in braces",
      ["size: 1kB", "size: 1kB, fields: { order_id: decimal(3,2) }"],
      "f:4: events.orders.order.created.fields: Within { } a comma ends a value: quote it",
    ],
    [
      "a field of a person that is not there",
      ["size: 1kB", "size: 1kB, pii: [email], fields: { order_id: uuid }"],
      'f:4: events.orders.order.created.pii: "email" is none of its fields (order_id).',
    ],
    [
      "nobody produces",
      ["produces: [orders.order.created]", "consumes: [orders.order.created], group: y"],
      "f:4: events.orders.order.created.rate: No service produces it",
    ],
    ["a compacted event without order", ["order: key", "order: none, compacted: true"], "f:4: events.orders.order.created.compacted: "],
  ];
  for (const [name, [from, to], expected] of cases.slice(0, -1)) {
    assert.ok(SMALL.includes(from), name);
    const issues = issuesOf(SMALL.replace(from, to));
    assert.ok(
      issues.some((issue) => issue.startsWith(expected)),
      `${name}: ${issues.join("\n")}`,
    );
  }
  assert.match(
    issuesOf(SMALL.replace("order: key", "order: none, compacted: true")).join(),
    /the last record counts, so order: key is needed/,
  );
});

test("what is no design file is one issue, and nothing throws", () => {
  for (const [text, expected] of [
    ["", /^f:1: It must be a map/],
    ["- a", /^f:1: It must be a map/],
    ["a: [", /^f(:\d+)?: It is no YAML/],
    ["system: x\nevents: 3\nservices: []", /events: There must be at least one/],
    [`system: ${"x".repeat(300)}\n`, /is no name/],
    ["system: &a [*a]\nevents: *b", /^f(:\d+)?: /],
    [`a: ${"x".repeat(1024 * 1024)}`, /larger than 1048576 bytes/],
    ["system: x\nevents:\n  <<: {}\nservices: {a: {}}", /is no name|match/],
    ["system: x\nsystem: y", /It is no YAML: Map keys must be unique/],
  ] as const)
    assert.match(issuesOf(text).join("\n"), expected, text.slice(0, 40));
});

test("names collide as they do in Kafka's metrics", () => {
  const text = SMALL.replace("services:", "  orders.order_created: { rate: 1/s, size: 1kB }\nservices:").replace(
    "system: shop",
    'system: shop\nnaming: "."',
  );
  assert.match(issuesOf(text.replace("produces: [", "produces: [orders.order_created, ")).join(), /It collides with orders.order.created/);
});
