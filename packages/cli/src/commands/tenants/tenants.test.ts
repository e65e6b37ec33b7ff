import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Admin, createClient } from "@ottla/client";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";
import { carryOut, type StepOutcome } from "./carry-out.ts";
import { parseTenants } from "./tenant-file.ts";
import { planApply, planRemoval, type TenantState } from "./tenant-plan.ts";

let ottla: CommandLineFixture;
let folder: string;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "ottla-tenants-test-"));
  ottla = await CommandLineFixture.start(undefined, {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:ANONYMOUS",
  });
});
after(async () => {
  await ottla.stop();
  rmSync(folder, { recursive: true, force: true });
});

function file(text: string): string {
  const path = join(folder, "tenants.yaml");
  writeFileSync(path, text);
  return path;
}

const SHOP = `
tenants:
  - name: shop
    users:
      - name: shop-app
        password: { env: SHOP_PASSWORD }
      - name: shop-admin
        may: [admin, consume]
    quotas: { producer_byte_rate: 1000000, request_percentage: 25 }
  - name: bank
    prefix: bank-
    hosts: [10.0.0.0/8]
    users: [bank]
`;
const env = { SHOP_PASSWORD: "s3cret" };

test("one file makes tenants, again changes nothing, and removes them", async () => {
  const path = file(SHOP);
  const plan = await ottla.run(["tenants", "apply", "--file", path, "--dry-run"], { env });
  assert.equal(plan.status, 0, plan.stderr);
  assert.match(plan.stdout, /^\+ user shop-app \(SCRAM-SHA-512\)\n\+ user shop-admin/);
  assert.match(plan.stdout, /^\+ allow User:bank write topic:bank- \(prefix\) from 10\.0\.0\.0\/8$/m);
  assert.deepEqual(await ottla.json("users", "list"), []);
  const applied = await ottla.run(["tenants", "apply", "--file", path], { env });
  assert.deepEqual([applied.status, applied.stderr], [0, ""]);
  assert.ok(applied.stdout.startsWith(plan.stdout));
  assert.match(applied.stdout, /The password of shop-admin is [\w-]{32}; it is told this once/);
  assert.ok(!applied.stdout.includes("s3cret") && !applied.stdout.includes("password of shop-app"));
  const again = await ottla.run(["tenants", "apply", "--file", path]);
  assert.deepEqual([again.status, again.stdout], [0, "All is as it should be; there is nothing to do.\n"]);
  const listed = await ottla.run(["tenants", "list", "--file", path]);
  assert.match(listed.stdout, /^shop +shop\. +2 of 2 +11 +as in the file$/m);
  assert.deepEqual(await ottla.json("quotas", "list", "--user", "shop-app"), [
    { entity: { user: "shop-app" }, quotas: { producer_byte_rate: 1_000_000, request_percentage: 25 } },
  ]);
  const asked = await ottla.run(["tenants", "remove", "--file", path, "shop"]);
  assert.deepEqual([asked.status, asked.stderr], [1, "ottla: Nothing was removed; give --yes to do it.\n"]);
  const removed = await ottla.run(["tenants", "remove", "--file", path, "shop", "--yes"]);
  assert.equal(removed.status, 0, removed.stderr);
  assert.deepEqual(
    ((await ottla.json("users", "list")) as { user: string }[]).map(({ user }) => user),
    ["bank"],
  );
  assert.equal(((await ottla.json("acls", "list")) as unknown[]).length, 4);
  assert.deepEqual(await ottla.json("quotas", "list"), []);
  await ottla.run(["tenants", "remove", "--file", path, "--yes"]);
});

test("what changed in the file changes on the cluster, and only what is the tenant's", async () => {
  const write = (more: string): string => file(`tenants: [{ name: t, users: [{ name: u${more} }] }]`);
  await ottla.run(["acls", "add", "--principal", "User:u", "-o", "read", "-r", "topic:public"]);
  await ottla.run(["tenants", "apply", "--file", write("")]);
  await ottla.run(["acls", "add", "--principal", "User:stranger", "-o", "read", "-r", "topic:t.", "--prefixed"]);
  const changed = await ottla.run(["tenants", "apply", "--file", write(", may: consume, mechanisms: [SCRAM-SHA-256, SCRAM-SHA-512]")]);
  assert.equal(changed.status, 0, changed.stderr);
  assert.match(changed.stdout, /^\+ user u \(SCRAM-SHA-256\)$/m);
  assert.match(changed.stdout, /^- allow User:stranger read topic:t\. \(prefix\)$/m);
  assert.match(changed.stdout, /^- allow User:u write transactional-id:t\. \(prefix\)$/m);
  const left = (await ottla.json("acls", "list")) as { principal: string; resourceName: string }[];
  assert.deepEqual(left.map(({ resourceName }) => resourceName).sort(), ["public", "t.", "t."]);
  await ottla.run(["tenants", "remove", "--file", write(""), "--yes"]);
  await ottla.run(["acls", "remove", "--principal", "User:u"]);
});

test("a run that fails half way says what was done, and the next one does the rest", async () => {
  const write = (host: string): string => file(`tenants: [{ name: t, users: [u], hosts: [10.1.1.1, ${host}] }]`);
  const half = await ottla.run(["tenants", "apply", "--file", write("10.0.0.0/99")]);
  assert.equal(half.status, 1);
  assert.match(half.stdout, /^Done: 5 of 9; the same command goes on from there\.$/m);
  assert.equal(half.stderr.match(/INVALID_REQUEST/g)?.length, 4);
  const rest = await ottla.run(["tenants", "apply", "--file", write("10.0.0.0/8")]);
  assert.deepEqual([rest.status, rest.stderr], [0, ""]);
  assert.match(rest.stdout, /^Done: 4 of 4\.$/m);
  await ottla.run(["tenants", "remove", "--file", write("10.0.0.0/8"), "--yes"]);
});

test("without an authorizer nothing is begun", async () => {
  const open = await CommandLineFixture.start();
  try {
    const { status, stderr } = await open.run(["tenants", "apply", "--file", file("tenants: [{ name: t, users: [u] }]")]);
    assert.deepEqual([status, stderr], [1, "ottla: No Authorizer is configured on the broker\n"]);
    assert.equal((await open.run(["users", "list"])).stdout, "There are no users who log in by SCRAM.\n");
  } finally {
    await open.stop();
  }
});

test("a file that cannot be meant is refused whole, with the place", async () => {
  for (const [text, reason] of [
    ["tenants: 1", /tenants must be a list/],
    ["- a", /must have the fields tenants/],
    ["tenants: [{ name: a }]", /tenant 1: users must be a list/],
    ["tenants: [{ name: a, users: [] }]", /a tenant has one at least/],
    ["tenants: [{ name: 'a b', users: [u] }]", /name is "a b"/],
    ["tenants: [{ name: a, users: [u], colour: red }]", /"colour" is not known there/],
    ["tenants: [{ name: a, users: [u] }, { name: b, users: [u] }]", /the user u is named for a and for b/],
    ["tenants: [{ name: a, users: [u] }, { name: b, prefix: a.b., users: [v] }]", /begins with "a\."/],
    [
      "tenants: [{ name: a, users: [u] }, { name: a_b, users: [v] }]",
      /"a_b\." of a_b begins as "a\." of a does, where "\." and "_" count as the same/,
    ],
    ["tenants: [{ name: a, users: [u], quotas: { producer_byte_rate: -1 } }]", /must be a number above 0/],
    ["tenants: [{ name: a, users: [u], quotas: { connection_creation_rate: 1 } }]", /not known there/],
    ["tenants: [{ name: a, users: [{ name: u, password: geheim }] }]", /does not belong into this file/],
    ["tenants: [{ name: a, users: [{ name: u, may: everything }] }]", /some of produce, consume, admin/],
    ["tenants: [{ name: a, users: [{ name: 'User:u' }] }]", /without User: before it/],
    ["tenants: [{ name: a, users: [{ name: u, password: { env: NOT_SET } }] }]", /the variable NOT_SET is empty/],
    ["tenants: {", /is no YAML/],
  ] as const) {
    const { status, stderr } = await ottla.run(["tenants", "apply", "--file", file(text)]);
    assert.equal(status, 2, `${text}: ${stderr}`);
    assert.match(stderr, reason);
    assert.ok(!stderr.includes("geheim"));
  }
  assert.match((await ottla.run(["tenants", "apply"])).stderr, /--file is missing/);
  assert.match((await ottla.run(["tenants", "list", "--file", file(SHOP), "other"])).stderr, /There is no tenant "other"/);
  assert.deepEqual(await ottla.json("users", "list"), []);
});

test("many tenants are asked for and made together, and nobody else's rights are touched", async () => {
  const count = 25;
  const path = file(
    `tenants: [${Array.from({ length: count }, (_, at) => `{ name: many${at}, users: [app${at}, { name: ops${at}, may: admin, mechanisms: [SCRAM-SHA-256, SCRAM-SHA-512] }], quotas: { producer_byte_rate: ${at + 1}, consumer_byte_rate: 7 } }`).join(", ")}]`,
  );
  await ottla.run(["acls", "add", "--principal", "User:other", "-o", "read", "-r", "topic:many", "--prefixed"]);
  await ottla.run(["acls", "add", "--principal", "User:other", "-o", "read", "-r", "topic:many3."]);
  const applied = await ottla.run(["tenants", "apply", "--file", path]);
  assert.deepEqual([applied.status, applied.stderr], [0, ""]);
  assert.match(applied.stdout, new RegExp(`^Done: ${count * (3 + 4 + 9)} of `, "m"));
  const told = applied.stdout.match(/^The password of (\w+) is [\w-]{32}; it is told this once\.$/gm) ?? [];
  assert.equal(new Set(told.map((line) => line.split(" ")[3])).size, 2 * count);
  assert.equal(told.length, 2 * count, "one password for both mechanisms of a user");
  assert.match((await ottla.run(["tenants", "apply", "--file", path])).stdout, /^All is as it should be/);
  assert.deepEqual(await ottla.json("quotas", "list", "--user", "ops3"), [
    { entity: { user: "ops3" }, quotas: { producer_byte_rate: 4, consumer_byte_rate: 7 } },
  ]);
  const removed = await ottla.run(["tenants", "remove", "--file", path, "--yes"]);
  assert.deepEqual([removed.status, removed.stderr], [0, ""]);
  assert.deepEqual([await ottla.json("users", "list"), await ottla.json("quotas", "list")], [[], []]);
  const left = (await ottla.json("acls", "list")) as { principal: string }[];
  assert.deepEqual(
    left.map(({ principal }) => principal),
    ["User:other", "User:other"],
  );
  await ottla.run(["acls", "remove", "--principal", "User:other"]);
});

test("where nobody answers, what may have been done is told with its password, and nothing follows", async () => {
  await using client = createClient({ bootstrapServers: ottla.broker.bootstrap });
  const asked: string[] = [];
  const lost = new Error("the connection is gone");
  const admin: Admin = {
    ...client.admin(),
    alterUserScramCredentials: async (changes) => {
      asked.push(...changes.map(({ user }) => user));
      throw lost;
    },
    createAcls: async () => assert.fail("a right without a login"),
  };
  const tenants = parseTenants({ tenants: [{ name: "t", users: ["u", "v"] }] }, "file");
  const nothing: TenantState = { mechanisms: new Map(), acls: [], quotas: new Map() };
  const outcomes: StepOutcome[] = [];
  const ended = (async () => {
    for await (const some of carryOut(
      admin,
      tenants.map((tenant) => planApply(tenant, nothing)),
      new Map(),
    ))
      outcomes.push(...some);
  })();
  await assert.rejects(ended, lost);
  assert.deepEqual(asked, ["u", "v"]);
  assert.deepEqual(
    outcomes.map(({ outcome, password = "" }) => [outcome, password.length]),
    [
      ["unknown", 32],
      ["unknown", 32],
    ],
  );
});

test("both mechanisms of a user take the one password that is told", async () => {
  await using client = createClient({ bootstrapServers: ottla.broker.bootstrap });
  const set: (string | undefined)[] = [];
  const real = client.admin();
  const admin: Admin = {
    ...real,
    alterUserScramCredentials: (changes) => {
      set.push(...changes.map((change) => ("password" in change ? String(change.password) : undefined)));
      return real.alterUserScramCredentials(changes);
    },
  };
  const tenants = parseTenants(
    { tenants: [{ name: "t", users: [{ name: "u", mechanisms: ["SCRAM-SHA-256", "SCRAM-SHA-512"] }] }] },
    "file",
  );
  const told: (string | undefined)[] = [];
  const plans = tenants.map((tenant) => planApply(tenant, { mechanisms: new Map(), acls: [], quotas: new Map() }).slice(0, 1));
  for await (const some of carryOut(admin, plans, new Map())) told.push(...some.map(({ password }) => password));
  assert.deepEqual(set, [told[0], told[0]]);
  assert.deepEqual([told[0]?.length, told[1]], [32, undefined]);
  await ottla.run(["users", "remove", "u"]);
});

test("whose rights may still be there keeps login and limits", async () => {
  await using client = createClient({ bootstrapServers: ottla.broker.bootstrap });
  const lost = new Error("the connection is gone");
  const admin: Admin = {
    ...client.admin(),
    deleteAcls: async () => {
      throw lost;
    },
    alterUserScramCredentials: async () => assert.fail("the login goes first"),
    alterClientQuotas: async () => assert.fail("the limit goes first"),
  };
  const [tenant] = parseTenants({ tenants: [{ name: "t", users: ["u"] }] }, "file");
  const [acl] = planApply(tenant!, { mechanisms: new Map(), acls: [], quotas: new Map() }).flatMap((phase) =>
    phase.flatMap((step) => ("acl" in step ? [step.acl] : [])),
  );
  const state = {
    mechanisms: new Map([["u", ["SCRAM-SHA-512" as const]]]),
    acls: [acl!],
    quotas: new Map([["u", new Map([["producer_byte_rate", 1]])]]),
  };
  const outcomes: string[] = [];
  await assert.rejects(async () => {
    for await (const some of carryOut(admin, [planRemoval(tenant!, state)], new Map()))
      outcomes.push(...some.map(({ outcome }) => outcome));
  }, lost);
  assert.deepEqual(outcomes, ["unknown"]);
});

test("who could not be given a login is given no right, and others are", async () => {
  await using client = createClient({ bootstrapServers: ottla.broker.bootstrap });
  const real = client.admin();
  const admin: Admin = {
    ...real,
    // To remove what is not there is refused.
    alterUserScramCredentials: (changes) =>
      real.alterUserScramCredentials(
        changes.map((change) => (change.user === "u" ? { user: "u", mechanism: change.mechanism, remove: true } : change)),
      ),
  };
  const tenants = parseTenants({ tenants: [{ name: "t", users: ["u", "v"] }] }, "file");
  const outcomes: StepOutcome[] = [];
  for await (const some of carryOut(
    admin,
    tenants.map((tenant) => planApply(tenant, { mechanisms: new Map(), acls: [], quotas: new Map() })),
    new Map(),
  ))
    outcomes.push(...some);
  assert.deepEqual(
    outcomes.map(({ outcome, error, password }) => [outcome, error?.code, password?.length]),
    [
      ["failed", "RESOURCE_NOT_FOUND", undefined],
      ["done", undefined, 32],
      ...Array.from({ length: 4 }, () => ["skipped", undefined, undefined]),
      ...Array.from({ length: 4 }, () => ["done", undefined, undefined]),
    ],
  );
  await ottla.run(["users", "remove", "v"]);
  await ottla.run(["acls", "remove", "--principal", "User:v"]);
});
