import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseJavaProperties } from "@ottla/base";
import { consumerOptionsFromProperties, producerOptionsFromProperties } from "@ottla/client";
import { designChanges, designSystem, domainOf } from "@ottla/expert/design";
import { ottlaCommandsOf } from "@ottla/expert/plan";
import { findCommand, parseCommandLine } from "../../parse-command-line.ts";
import { CommandLineFixture, runWords } from "../../testing/command-line-fixture.ts";
import { commands } from "../index.ts";

const EXAMPLES = fileURLToPath(new URL("../../../../../examples/expert/", import.meta.url));
const SHOP = `${EXAMPLES}e-commerce/design.yaml`;
const folder = mkdtempSync(join(tmpdir(), "ottla-design-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const design = (...words: readonly string[]) => runWords(["design", ...words]);

test("a design is shown, and given to programs", async () => {
  const { status, stdout } = await design(SHOP);
  assert.equal(status, 0);
  assert.match(stdout, /^shop: 11 topics, 22 ACLs, 8 clients\n/);
  assert.match(stdout, /\norders\.order\.created +9 +3 +the number of consumers of inventory-service decides\n/);
  const { topics } = JSON.parse((await design(SHOP, "--json")).stdout) as { topics: { name: string; partitions: number }[] };
  assert.deepEqual([topics[0]!.name, topics[0]!.partitions], ["orders.order.created", 9]);
  const schema = JSON.parse((await design("--schema")).stdout) as { required: string[]; properties: object };
  assert.deepEqual(
    [schema.required, Object.keys(schema.properties)],
    [
      ["system", "events", "services"],
      ["system", "naming", "cluster", "events", "services"],
    ],
  );
});

test("what is wrong with a file is told by line, with status 1", async () => {
  const file = join(folder, "bad.yaml");
  writeFileSync(file, "system: x\nevents:\n  a.b.c: { rate: 1/s }\nservices:\n  s: { produces: [a.b.c] }\n");
  const { status, stderr } = await design(file);
  assert.deepEqual(
    [status, stderr],
    [1, `ottla: ${file}:3: events.a.b.c.size: Give size: bytes of a record, as serialised, on average (as in size: 5kB).\n`],
  );
  assert.match((await design(join(folder, "none.yaml"))).stderr, /none\.yaml: /);
  assert.equal((await design()).status, 2);
  assert.equal((await design(SHOP, "--overwrite")).status, 2);
});

test("files are written again where the design changed, and never over a person's own", async () => {
  const out = join(folder, "out");
  const file = join(folder, "small.yaml");
  const text = "system: x\nevents:\n  a.b.c: { rate: 1/s, size: 1kB }\nservices:\n  s: { produces: [a.b.c] }\n  t: { consumes: [a.b.c] }\n";
  writeFileSync(file, text);
  const write = async (...words: readonly string[]) => {
    const { status, stdout, stderr } = await design(file, "--out", out, "--json", ...words);
    return status === 0 ? (JSON.parse(stdout) as { written: string[]; removed: string[] }) : stderr;
  };
  const first = await write();
  assert.ok(typeof first === "object" && first.written.includes("clients/t/consumer.properties"));
  assert.deepEqual(await write(), { written: [], unchanged: first.written, removed: [] });
  writeFileSync(file, text.replace("  t: { consumes: [a.b.c] }\n", ""));
  const second = await write();
  assert.ok(typeof second === "object" && second.removed.includes("clients/t/consumer.properties"));
  assert.equal(existsSync(join(out, "clients/t/consumer.properties")), false);
  writeFileSync(join(out, "report.md"), "mine");
  writeFileSync(file, text);
  assert.match(JSON.stringify(await write()), /did not write so: report\.md\. Keep your changes elsewhere, or give --overwrite/);
  assert.equal(existsSync(join(out, "clients/t/consumer.properties")), false, "nothing is half written");
  assert.equal(typeof (await write("--overwrite")), "object");
  assert.match(readFileSync(join(out, "report.md"), "utf8"), /^# x/);
});

test("the modules for our client say the same as the properties files", async () => {
  for (const [system, service] of [
    ["e-commerce", "order-service"],
    ["e-commerce", "order-state"],
    ["e-commerce", "notification-service"],
    ["iot", "alert-service"],
  ] as const) {
    const place = `${EXAMPLES}${system}/good/clients/${service}/`;
    Object.assign(process.env, { BOOTSTRAP_SERVERS: "kafka:9093", INSTANCE: "7", KAFKA_PASSWORD: "secret" });
    const module = (await import(pathToFileURL(`${place}kafka.ts`).href)) as Record<string, Record<string, unknown>>;
    for (const [role, read] of [
      ["producer", producerOptionsFromProperties],
      ["consumer", consumerOptionsFromProperties],
    ] as const) {
      if (!existsSync(`${place}${role}.properties`)) continue;
      const properties = parseJavaProperties(readFileSync(`${place}${role}.properties`, "utf8"));
      const filled = new Map([...properties].map(([name, value]) => [name, value.replaceAll("${env:INSTANCE}", "7")]));
      const { optionNames: _, ...options } = read(filled);
      assert.deepEqual(module[`${role}Options`], options, `${service} ${role}`);
    }
  }
});

test("every command of the scripts is one of ours, and its words parse", () => {
  for (const name of ["e-commerce", "fraud", "iot"]) {
    const system = designSystem(domainOf(readFileSync(`${EXAMPLES}${name}/design.yaml`, "utf8"), name));
    for (const words of designChanges(system).flatMap(({ change }) => ottlaCommandsOf(change)!)) {
      const found = findCommand(commands, words);
      assert.ok(found, words.join(" "));
      parseCommandLine(found.command, found.rest);
    }
  }
});

test("the guide has every key", async () => {
  const guide = readFileSync(new URL("../../../../../docs/guides/design.md", import.meta.url), "utf8");
  const schema = JSON.parse((await design("--schema")).stdout) as {
    properties: Record<string, { properties?: object; additionalProperties?: { properties?: object } }>;
  };
  for (const [name, part] of Object.entries(schema.properties))
    for (const key of [name, ...Object.keys(part.properties ?? part.additionalProperties?.properties ?? {})])
      assert.ok(guide.includes(`| \`${key}\` |`), key);
});

test("what a cluster lacks of a design becomes a plan; once it is carried out there is nothing to plan", async (t) => {
  const ottla = await CommandLineFixture.start(undefined, {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:ANONYMOUS",
  });
  t.after(() => ottla.stop());
  const file = join(folder, "planned.yaml");
  const plan = join(folder, "plan.yaml");
  writeFileSync(
    file,
    "system: x\ncluster: { brokers: 1 }\nevents:\n  a.b.c: { rate: 1/s, size: 1kB }\nservices:\n  s: { produces: [a.b.c] }\n",
  );
  const run = async (...words: readonly string[]) => {
    const { status, stdout, stderr } = await ottla.run(words);
    assert.equal(status, 0, `${words.join(" ")}: ${stderr}`);
    return stdout;
  };
  await run("acls", "add", "--principal", "User:s", "-o", "all", "-r", "topic:a.b.c");
  assert.match(await run("design", file, "--plan", plan), /^Wrote .*plan\.yaml: \d steps\. Read it; then: ottla apply /);
  assert.match((await ottla.run(["design", file, "--plan", plan])).stderr, /it is there already; name another file/);
  await run("apply", plan, "--yes", "--yes-to", "HIGH");
  assert.match(
    await run("design", file, "--plan", join(folder, "none.yaml")),
    /^The cluster is as x is designed; there is nothing to plan\.\n$/,
  );
  assert.equal(existsSync(join(folder, "none.yaml")), false);
});
