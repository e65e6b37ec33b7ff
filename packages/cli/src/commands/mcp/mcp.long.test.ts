import assert from "node:assert/strict";
import { test } from "node:test";
import { withAgent } from "./testing/piped-agent.ts";

test("a cluster that is down is the answer of that call, and the other tools go on", async () => {
  await withAgent([["bootstrap-server", "127.0.0.1:1"]], async (call) => {
    assert.match(String((await call("cluster_overview", {}))["error"]), /^CLUSTER_UNREACHABLE: /);
    assert.equal((await call("explain_rule", { id: "BRK-01" }))["id"], "BRK-01");
  });
});
