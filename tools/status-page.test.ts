import assert from "node:assert/strict";
import { test } from "node:test";
import { absent, area, checkStatus, type Feature, renderStatus, works } from "./status-page.ts";

const feature: Feature = {
  area: "Log",
  feature: "append",
  state: "works",
  proofs: ["records are appended", "npm run test:crash"],
};

test("a feature whose tests and scripts exist is fine", () => {
  assert.deepEqual(checkStatus([feature], 'test("records are appended in order"', new Set(["test:crash"])), []);
});

test("a missing proof, test, script or note is reported", () => {
  const errors = checkStatus([feature, ...area("Log", [works("x", []), { feature: "y", state: "absent", proofs: [] }])], "", new Set());
  assert.equal(errors.length, 4);
});

test("the page counts and groups the features", () => {
  const page = renderStatus([feature, ...area("Broker", [absent("TLS", "next issue")])]);
  assert.match(page, /1 work, 0 in part, 1 are absent/);
  assert.match(page, /## Log\n\n\| feature .*\n.*\n\| append \| works \|  \| “records are appended”<br>`npm run test:crash` \|\n/);
});
