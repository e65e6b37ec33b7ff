import assert from "node:assert/strict";
import { test } from "node:test";
import { auditOf } from "./audit-settings.ts";

test("a part's audit is where, as large and kept as long as its settings say", () => {
  assert.equal(auditOf({}), undefined);
  assert.deepEqual(auditOf({ auditFile: "/a" }), { audit: { path: "/a", isRequired: false } });
  assert.deepEqual(auditOf({ auditTopic: "told", auditRequired: true }), { audit: { topic: "told", isRequired: true } });
  assert.deepEqual(auditOf({ auditFile: "/a", auditRequired: true, auditMaxBytes: 65_536, auditKeptFiles: 0 }), {
    audit: { path: "/a", isRequired: true, maxBytes: 65_536, keptFiles: 0 },
  });
});
