import assert from "node:assert/strict";
import { test } from "node:test";
import { doctorMetrics } from "./doctor-metrics.ts";
import { examineCluster } from "./examine-cluster.ts";
import { exampleTopic, look } from "./example-cluster.ts";

test("the doctor's findings are told by rule, in the names that the generated alerts read", () => {
  const sick = doctorMetrics(
    examineCluster(look({ only: ["a", "b"].map((name) => exampleTopic(name, 3, { "min.insync.replicas": "3" })) }), { only: ["TOP-03"] }),
  );
  assert.match(sick, /^ottla_doctor_findings\{rule="TOP-03",severity="error"\} \d\n/m);
  assert.match(sick, /^ottla_doctor_healthy 0\n/m);
  const well = doctorMetrics(examineCluster(look()));
  assert.doesNotMatch(well, /^ottla_doctor_findings/m);
  assert.match(well, /^ottla_doctor_healthy 1\n/m);
});
