// npm run test:tokens: requests about delegation tokens at ours and at Apache Kafka, by users under sets of ACLs; each answer has the same error, parties and lifetimes.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AclOperation, PatternType, ResourceType } from "@ottla/protocol";
import { createAclsApi, makeAclCreation, makeCreateAclsRequest } from "@ottla/protocol/apis/create-acls";
import * as createToken from "@ottla/protocol/apis/create-delegation-token";
import { deleteAclsApi, makeDeleteAclsFilter, makeDeleteAclsRequest } from "@ottla/protocol/apis/delete-acls";
import { describeAclsApi, makeDescribeAclsRequest } from "@ottla/protocol/apis/describe-acls";
import * as describeToken from "@ottla/protocol/apis/describe-delegation-token";
import * as expireToken from "@ottla/protocol/apis/expire-delegation-token";
import * as renewToken from "@ottla/protocol/apis/renew-delegation-token";
import type { RunningCluster } from "../cluster.ts";
import { startKafka } from "../kafka/cluster.ts";
import { startOttla } from "../ottla/broker.ts";
import { findFreePorts } from "../process/free-port.ts";
import { waitUntil } from "../process/wait-until.ts";
import { Asker, plainLogins } from "./asker.ts";

const USERS = ["root", "alice", "bob"] as const;
const config = {
  ...plainLogins(USERS),
  "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
  // Kafka's broker speaks with itself over PLAINTEXT.
  "super.users": "User:root;User:ANONYMOUS",
  "delegation.token.secret.key": "for the comparison",
};

const PROTOCOLS = "PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT";

/** A cluster with what its tokens are called here. */
interface Side {
  readonly cluster: RunningCluster;
  readonly askers: Readonly<Record<(typeof USERS)[number] | "nobody", Asker>>;
  readonly tokens: Map<string, { readonly tokenId: string; readonly hmac: Buffer }>;
}

interface Acl {
  readonly operation: keyof typeof AclOperation;
  readonly resourceType: "USER" | "DELEGATION_TOKEN";
  /** A token by its name here, or as it is. */
  readonly name: string;
  readonly isDeny?: true;
}

/** What bob is allowed. */
const CELLS: readonly (readonly [string, readonly Acl[]])[] = [
  ["nothing", []],
  ["CREATE_TOKENS on alice", [{ operation: "CREATE_TOKENS", resourceType: "USER", name: "User:alice" }]],
  ["CREATE_TOKENS on every user", [{ operation: "CREATE_TOKENS", resourceType: "USER", name: "*" }]],
  ["DESCRIBE_TOKENS on alice", [{ operation: "DESCRIBE_TOKENS", resourceType: "USER", name: "User:alice" }]],
  ["DESCRIBE on one token", [{ operation: "DESCRIBE", resourceType: "DELEGATION_TOKEN", name: "alice's" }]],
  ["DESCRIBE on every token", [{ operation: "DESCRIBE", resourceType: "DELEGATION_TOKEN", name: "*" }]],
  [
    "DESCRIBE on every token but one, DESCRIBE_TOKENS on alice",
    [
      { operation: "DESCRIBE", resourceType: "DELEGATION_TOKEN", name: "*" },
      { operation: "DESCRIBE", resourceType: "DELEGATION_TOKEN", name: "alice's", isDeny: true },
      { operation: "DESCRIBE_TOKENS", resourceType: "USER", name: "User:alice" },
    ],
  ],
];

const principal = (principalName: string, principalType = "User") => ({ principalType, principalName });
const owner = (ownerPrincipalName: string | null, ownerPrincipalType: string | null = "User") => ({
  ownerPrincipalType,
  ownerPrincipalName,
});
const create = (asker: Asker, version: number, fields: Parameters<typeof createToken.makeCreateDelegationTokenRequest>[0] = {}) =>
  asker.ask(createToken.createDelegationTokenApi, version, createToken.makeCreateDelegationTokenRequest({ maxLifetimeMs: -1, ...fields }));
const describeTokens = (asker: Asker, version: number, owners: readonly ReturnType<typeof principal>[] | null) =>
  asker.ask(
    describeToken.describeDelegationTokenApi,
    version,
    describeToken.makeDescribeDelegationTokenRequest({
      owners: owners?.map((each) => describeToken.makeDescribeDelegationTokenOwner(each)) ?? null,
    }),
  );
const renew = (asker: Asker, version: number, hmac: Buffer, renewPeriodMs = -1) =>
  asker.ask(renewToken.renewDelegationTokenApi, version, renewToken.makeRenewDelegationTokenRequest({ hmac, renewPeriodMs }));
const expire = (asker: Asker, version: number, hmac: Buffer, expiryTimePeriodMs: number) =>
  asker.ask(expireToken.expireDelegationTokenApi, version, expireToken.makeExpireDelegationTokenRequest({ hmac, expiryTimePeriodMs }));

let clusters: readonly RunningCluster[] = [];
let sides: readonly Side[] = [];

before(async () => {
  const [port] = await findFreePorts(1);
  const started = await Promise.all([
    startOttla({ isInMemory: true, config: { ...config, listeners: `PLAINTEXT://127.0.0.1:0,SASL_PLAINTEXT://127.0.0.1:${port}` } }),
    startKafka({ config: { ...config, "listener.security.protocol.map": PROTOCOLS }, listeners: ["SASL_PLAINTEXT"] }),
  ]);
  clusters = started;
  const bootstraps = [`127.0.0.1:${port}`, started[1].bootstraps?.["SASL_PLAINTEXT"] ?? ""];
  sides = await Promise.all(
    started.map(async (cluster, at) => {
      const [root, alice, bob] = await Promise.all(USERS.map((user) => Asker.open(bootstraps[at]!, user)));
      return {
        cluster,
        askers: { root: root!, alice: alice!, bob: bob!, nobody: await Asker.open(cluster.bootstrap.split(",")[0]!) },
        tokens: new Map(),
      };
    }),
  );
  for (const side of sides) {
    await make(side, "alice's", "alice", {});
    await make(side, "alice's, for bob to renew", "alice", { renewers: [createToken.makeCreatableRenewers(principal("bob"))] });
    await make(side, "alice's, asked for by root", "root", owner("alice"));
    await make(side, "root's", "root", {});
  }
});

after(async () => {
  for (const { askers } of sides) for (const asker of Object.values(askers)) asker.close();
  await Promise.all(clusters.map((cluster) => cluster.kill()));
});

async function make(side: Side, name: string, user: "alice" | "root", fields: Parameters<typeof create>[2]): Promise<void> {
  const { tokenId, hmac, errorCode } = await create(side.askers[user], 3, fields);
  assert.equal(errorCode, 0, name);
  side.tokens.set(name, { tokenId, hmac });
  await waitUntil("the token is known", async () =>
    (await describeTokens(side.askers.root, 3, null)).tokens.some((each) => each.tokenId === tokenId),
  );
}

const ANY = {
  resourceTypeFilter: 1,
  resourceNameFilter: null,
  patternTypeFilter: 1,
  principalFilter: "User:bob",
  hostFilter: null,
  operation: 1,
  permissionType: 1,
};

async function allow({ askers: { root }, tokens }: Side, acls: readonly Acl[]): Promise<void> {
  await root.ask(deleteAclsApi, 3, makeDeleteAclsRequest({ filters: [makeDeleteAclsFilter(ANY)] }));
  const count = async () =>
    (await root.ask(describeAclsApi, 3, makeDescribeAclsRequest(ANY))).resources.reduce((sum, each) => sum + each.acls.length, 0);
  await waitUntil("the last ACLs are gone", async () => (await count()) === 0);
  const creations = acls.map(({ operation, resourceType, name, isDeny }) =>
    makeAclCreation({
      resourceType: ResourceType[resourceType],
      resourceName: tokens.get(name)?.tokenId ?? name,
      resourcePatternType: PatternType.LITERAL,
      principal: "User:bob",
      host: "*",
      operation: AclOperation[operation],
      permissionType: isDeny ? 2 : 3,
    }),
  );
  if (creations.length > 0) await root.ask(createAclsApi, 3, makeCreateAclsRequest({ creations }));
  await waitUntil("the ACLs count", async () => (await count()) === acls.length);
}

/** Ids by their names here, secrets by their length, times by how far they are away. */
function comparable(side: Side, value: unknown, field = ""): unknown {
  if (Buffer.isBuffer(value)) return `${value.length} bytes`;
  if (Array.isArray(value)) {
    const each = value.map((element) => comparable(side, element));
    return each
      .map((element) => [JSON.stringify(element), element] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, element]) => element);
  }
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, comparable(side, each, name)]));
  if (field === "tokenId" && value !== "") return [...side.tokens].find(([, { tokenId }]) => tokenId === value)?.[0] ?? "a new one";
  if (/Timestamp/.test(field) && typeof value === "number" && value > 0)
    return `in ${Math.round((value - Date.now()) / 600_000) * 10} minutes`;
  return value;
}

/** What bob and nobody are answered. New tokens are ended again. */
async function answersIn(side: Side): Promise<readonly (readonly [string, unknown])[]> {
  const { bob, nobody, root } = side.askers;
  const answers: (readonly [string, unknown])[] = [];
  const note = (name: string, answer: unknown) => void answers.push([name, comparable(side, answer)]);
  const noteNew = async (name: string, answer: Awaited<ReturnType<typeof create>>) => {
    note(name, answer);
    if (answer.errorCode !== 0) return;
    const { tokenId, hmac, principalName } = answer;
    const isKnown = async () => (await describeTokens(root, 3, null)).tokens.some((each) => each.tokenId === tokenId);
    await waitUntil("the token is known", isKnown);
    // Who asked for another's token may see it, and no more.
    if (principalName !== "bob") note(`${name}, renewed by who asked for it`, await renew(bob, 2, hmac));
    await expire(principalName === "alice" ? side.askers.alice : bob, 2, hmac, -1);
    await waitUntil("the token is gone", async () => !(await isKnown()));
  };
  // Nobody else could end a group's.
  const byBob = [createToken.makeCreatableRenewers(principal("bob"))];
  for (const version of [1, 2, 3]) {
    await noteNew(`bob makes one ${version}`, await create(bob, version));
    note(`nobody makes one ${version}`, await create(nobody, version));
    note(`bob sees all ${version}`, await describeTokens(bob, version, null));
    note(
      `bob sees alice's ${version}`,
      await describeTokens(bob, version, [principal("alice"), principal("carol"), principal("alice", "Group")]),
    );
    note(`bob sees nobody's ${version}`, await describeTokens(bob, version, []));
    note(`nobody sees all ${version}`, await describeTokens(nobody, version, null));
  }
  await noteNew("bob makes one for alice", await create(bob, 3, owner("alice")));
  await noteNew("bob makes one for a group", await create(bob, 3, { ...owner("staff", "Group"), renewers: byBob }));
  await noteNew("bob makes one for nobody", await create(bob, 3, owner("")));
  await noteNew("bob makes one, of a minute", await create(bob, 3, { maxLifetimeMs: 60_000 }));
  await noteNew("bob makes one, of a year", await create(bob, 3, { maxLifetimeMs: 31_536_000_000 }));
  const group = [createToken.makeCreatableRenewers(principal("staff", "Group"))];
  await noteNew("bob makes one, with a group to renew it", await create(bob, 3, { renewers: group }));
  await noteNew("bob makes one for alice, with a group to renew it", await create(bob, 3, { renewers: group, ...owner("alice") }));
  for (const version of [1, 2]) {
    for (const [name, { hmac }] of side.tokens) {
      note(`bob renews ${name} ${version}`, await renew(bob, version, hmac, 7_200_000));
      note(`nobody renews ${name} ${version}`, await renew(nobody, version, hmac));
      if (name !== "alice's, for bob to renew") note(`bob ends ${name} ${version}`, await expire(bob, version, hmac, -1));
      note(`bob lets ${name} end later ${version}`, await expire(bob, version, hmac, 86_400_000));
      note(`nobody ends ${name} ${version}`, await expire(nobody, version, hmac, -1));
    }
    note(`bob renews what is not there ${version}`, await renew(bob, version, Buffer.from("nothing")));
    note(`bob ends what is not there ${version}`, await expire(bob, version, Buffer.alloc(0), -1));
  }
  return answers;
}

describe("every request about delegation tokens answers as at Apache Kafka", () => {
  for (const [name, acls] of CELLS)
    test(`bob may: ${name}`, async () => {
      const [ours, kafka] = await Promise.all(
        sides.map(async (side) => {
          await allow(side, acls);
          return answersIn(side);
        }),
      );
      assert.deepEqual(ours, kafka);
    });
});
