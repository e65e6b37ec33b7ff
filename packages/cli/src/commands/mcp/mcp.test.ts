import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";
import { FileApprovals } from "./file-approvals.ts";
import { withAgent } from "./testing/piped-agent.ts";

let ottla: CommandLineFixture;
let folder = "";

before(async () => {
  ottla = await CommandLineFixture.start();
  folder = await mkdtemp(join(tmpdir(), "ottla-mcp-"));
});
after(async () => {
  await ottla.stop();
  await rm(folder, { recursive: true, force: true });
});

test("an agent looks at a real cluster, plans, and applies what a person approved in a terminal", async () => {
  const bootstrap = ["bootstrap-server", ottla.broker.bootstrap] as const;
  await ottla.run(["topics", "create", "team.orders", "--partitions", "2"]);
  await ottla.run(["produce", "team.orders"], { stdin: '{"card":"4111"}\n' });
  await withAgent(
    [bootstrap, ["allow-writes", true], ["allow-data", true], ["approvals", folder], ["write-prefix", "team."]],
    async (call) => {
      const overview = await call("cluster_overview", {});
      assert.equal((overview["counts"] as { topics: number }).topics >= 1, true, JSON.stringify(overview));
      const { records } = (await call("sample_messages", { topic: "team.orders" })) as { records: { value: unknown }[] };
      assert.deepEqual(
        records.map(({ value }) => value),
        [{ bytes: 15, as: "JSON", value: { card: "(hidden)" } }],
      );
      const plan = await call("plan_config", { type: "topic", name: "team.orders", settings: { "segment.ms": "3600000" } });
      const named = { planId: plan["planId"], digest: plan["digest"] };
      const asked = await call("apply_plan", named);
      assert.equal(asked["needsApproval"], `ottla approve ${String(plan["planId"])} --approvals ${folder}`);
      const approvals = new FileApprovals(folder, true);
      const [waiting] = await approvals.waiting();
      assert.equal(waiting?.digest, plan["digest"]);
      await approvals.approve({ ...waiting!, digest: "another" });
      assert.equal((await call("apply_plan", named))["state"], "waiting");
      await approvals.approve(waiting!);
      assert.equal((await call("apply_plan", named))["state"], "done");
      assert.match(JSON.stringify((await call("describe_topic", { topic: "team.orders" }))["settings"]), /"segment.ms","value":"3600000"/);
      assert.equal((await call("rollback_plan", named))["needsApproval"], asked["needsApproval"]);
      const [again] = await approvals.waiting();
      await approvals.approve(again!);
      await call("rollback_plan", named);
      assert.doesNotMatch(JSON.stringify((await call("describe_topic", { topic: "team.orders" }))["settings"]), /segment.ms/);
    },
  );
  // What was done and of which plan stays, so that it can be taken back; of approvals nothing does.
  assert.deepEqual(
    (await readdir(folder)).filter((name) => !/\.(?:journal(?:\.lock)?|plan\.json)$/.test(name)),
    [],
  );
});

test("a look sees a broker's load where its page of metrics is named, and says so where none is", async () => {
  const bootstrap = ["bootstrap-server", ottla.broker.bootstrap] as const;
  const page = join(folder, "broker.prom");
  await writeFile(page, "kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent 0.05\n");
  const told = async (...metrics: readonly (readonly [string, string])[]): Promise<string> => {
    let answer = "";
    await withAgent([bootstrap, ["approvals", folder], ...metrics], async (call) => {
      answer = JSON.stringify(await call("health_check", { only: ["CLU-11"] }));
    });
    return answer;
  };
  assert.match(await told(["metrics", page]), /"rule":"CLU-11".*"evidence":"request handlers idle for 5 %"/);
  assert.match(await told(), /No page of metrics was named/);
});

test("a message beyond the bound is answered with an error, and the agent goes on", async () => {
  const told = await withAgent([["approvals", folder]], async (call) => {
    const { error } = await call("lint", { files: [{ path: "a.properties", text: "a".repeat(17 * 1024 * 1024) }] });
    assert.match(String(error), /^A message is larger than 16777216 bytes and was not read/);
    assert.equal((await call("explain_rule", { id: "BRK-01" }))["id"], "BRK-01");
  });
  assert.match(told, /^ottla: A message is larger than 16777216 bytes/);
});

test("a plan is approved at a terminal alone, and what waits is listed", async () => {
  const { status, stdout } = await ottla.run(["approve", "--approvals", folder]);
  assert.deepEqual([status, stdout], [0, "No plan waits for approval.\n"]);
  const missing = await ottla.run(["approve", "plan-000000000000", "--approvals", folder]);
  assert.match(missing.stderr, /No plan plan-000000000000 waits for approval/);
  const absent = join(folder, "absent");
  const none = await ottla.run(["approve", "--approvals", absent]);
  assert.deepEqual([none.status, none.stdout, (await readdir(folder)).includes("absent")], [0, "No plan waits for approval.\n", false]);
  const long = await ottla.run(["approve", "--approvals", "x".repeat(300)]);
  assert.match(long.stderr, /^ottla: There can be no folder for approvals at x{200} \(ENAMETOOLONG\): name another with --approvals\.\n$/);
});
