import assert from "node:assert/strict";
import { test } from "node:test";
import { CHANGE_KINDS } from "@ottla/expert/plan";
import { serviceChangeSchema } from "../actions/service-change.ts";
import { consoleApi } from "../api/console-api.ts";
import type { ConsoleContext } from "../api/console-context.ts";
import { CHANGE_ROLES, ROUTE_RIGHTS, roleOfChange } from "./rights.ts";

/** As the API's routes are known to Hono, without what goes before all of them. */
function routes(): readonly string[] {
  const api = consoleApi({ access: {}, watch: { rate: 1 } } as ConsoleContext);
  return [
    ...new Set(api.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path.replace(/^\/api/, "")}`)),
  ];
}

test("every route of the console says who may call it, and every kind of change who may make it", () => {
  assert.deepEqual(
    routes().filter((route) => ROUTE_RIGHTS[route] === undefined),
    [],
    "routes without a row in ROUTE_RIGHTS (access/rights.ts): add one",
  );
  assert.deepEqual(
    Object.keys(ROUTE_RIGHTS).filter((route) => !routes().includes(route)),
    [],
    "rows in ROUTE_RIGHTS without a route: take them out",
  );
  const serviceKinds = serviceChangeSchema.options.map(({ shape }) => shape.kind.value);
  assert.deepEqual([...CHANGE_KINDS, ...serviceKinds].sort(), Object.keys(CHANGE_ROLES).sort());
  const changing = Object.entries(ROUTE_RIGHTS).filter(([route]) => !route.startsWith("GET "));
  assert.deepEqual(
    changing.filter(([, { role, does, tellsItself }]) => role !== "anyone" && does === undefined && tellsItself !== true),
    [],
    "what changes something is told in the audit",
  );
});

test("settings of topics are operators' work, those of brokers administrators'", () => {
  const settings = { "min.insync.replicas": "2" };
  assert.equal(roleOfChange({ kind: "config", target: { type: "topic", name: "orders" }, settings }), "operator");
  assert.equal(roleOfChange({ kind: "config", target: { type: "brokers" }, settings }), "admin");
  assert.equal(roleOfChange({ kind: "not-known" } as never), "admin");
});
