// npm run test:tokens: a delegation token whose owner is deleted, or loses what it was allowed, at ours and at Apache Kafka: each step has the same outcome.
import assert from "node:assert/strict";
import { pbkdf2Sync } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { AclOperation, PatternType, ResourceType } from "@ottla/protocol";
import {
  alterUserScramCredentialsApi,
  makeAlterUserScramCredentialsRequest,
  makeScramCredentialDeletion,
  makeScramCredentialUpsertion,
} from "@ottla/protocol/apis/alter-user-scram-credentials";
import { createAclsApi, makeAclCreation, makeCreateAclsRequest } from "@ottla/protocol/apis/create-acls";
import { createDelegationTokenApi, makeCreateDelegationTokenRequest } from "@ottla/protocol/apis/create-delegation-token";
import { createTopicsApi, makeCreatableTopic, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { deleteAclsApi, makeDeleteAclsFilter, makeDeleteAclsRequest } from "@ottla/protocol/apis/delete-acls";
import { describeDelegationTokenApi, makeDescribeDelegationTokenRequest } from "@ottla/protocol/apis/describe-delegation-token";
import { expireDelegationTokenApi, makeExpireDelegationTokenRequest } from "@ottla/protocol/apis/expire-delegation-token";
import { makeMetadataRequest, makeMetadataRequestTopic, metadataApi } from "@ottla/protocol/apis/metadata";
import { makeRenewDelegationTokenRequest, renewDelegationTokenApi } from "@ottla/protocol/apis/renew-delegation-token";
import type { RunningCluster } from "../cluster.ts";
import { startKafka } from "../kafka/cluster.ts";
import { startOttla } from "../ottla/broker.ts";
import { findFreePorts } from "../process/free-port.ts";
import { waitUntil } from "../process/wait-until.ts";
import { Asker, plainLogins } from "./asker.ts";

const MECHANISM = "SCRAM-SHA-256";
const MECHANISM_NUMBER = 1;
const ITERATIONS = 4096;
const PASSWORD = "carol-secret";
const TOPIC = "carols";
const config = {
  ...plainLogins(["root"]),
  "sasl.enabled.mechanisms": `PLAIN,${MECHANISM}`,
  "listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config": "org.apache.kafka.common.security.scram.ScramLoginModule required;",
  "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
  // Kafka's broker speaks with itself over PLAINTEXT.
  "super.users": "User:root;User:ANONYMOUS",
  "delegation.token.secret.key": "for the comparison",
};
const PROTOCOLS = "PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT";

interface Side {
  readonly bootstrap: string;
  readonly root: Asker;
}

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
  sides = await Promise.all(bootstraps.map(async (bootstrap) => ({ bootstrap, root: await Asker.open(bootstrap, "root") })));
});

after(async () => {
  for (const { root } of sides) root.close();
  await Promise.all(clusters.map((cluster) => cluster.kill()));
});

/** What is done to the owner of a token, while a connection of its own and one by the token stay open. */
type Loss = "its user is deleted" | "its ACLs are deleted" | "its user has another password";

describe("a delegation token whose owner loses something fares as at Apache Kafka", () => {
  for (const loss of ["its user is deleted", "its ACLs are deleted", "its user has another password"] as const)
    test(loss, async () => {
      const [ours, kafka] = await Promise.all(sides.map((side) => storyOf(side, loss)));
      assert.deepEqual(ours, kafka);
      assert.ok(ours!.length > 15, String(ours));
    });
});

async function storyOf({ bootstrap, root }: Side, loss: Loss): Promise<readonly string[]> {
  const story: string[] = [];
  const tell = (what: string, outcome: unknown) => void story.push(`${what}: ${String(outcome)}`);
  await setUser(root, PASSWORD);
  await root.ask(
    createTopicsApi,
    7,
    makeCreateTopicsRequest({ topics: [makeCreatableTopic({ name: TOPIC, numPartitions: 1, replicationFactor: 1 })], timeoutMs: 10_000 }),
  );
  await root.ask(
    createAclsApi,
    3,
    makeCreateAclsRequest({
      creations: [
        makeAclCreation({
          resourceType: ResourceType.TOPIC,
          resourceName: TOPIC,
          resourcePatternType: PatternType.LITERAL,
          principal: "User:carol",
          host: "*",
          operation: AclOperation.DESCRIBE,
          permissionType: 3,
        }),
      ],
    }),
  );
  const own = await waitFor("the user may log in", () => Asker.openScram(bootstrap, "carol", PASSWORD));
  await waitUntil("the ACL counts", async () => (await topicCode(own)) === 0);
  const made = await own.ask(createDelegationTokenApi, 3, makeCreateDelegationTokenRequest({ maxLifetimeMs: -1 }));
  tell("made", made.errorCode);
  const secret = made.hmac.toString("base64");
  const byToken = (): Promise<Asker | string> => Asker.openScram(bootstrap, made.tokenId, secret, ",tokenauth=true");
  const there = await waitFor("the token may log in", byToken);
  tell("the topic by token before", await topicCode(there));

  if (loss === "its user is deleted") await setUser(root, undefined);
  else if (loss === "its user has another password") await setUser(root, "another");
  else await forgetAcls(root);
  if (loss === "its ACLs are deleted") await waitUntil("the ACL is gone", async () => (await topicCode(own)) !== 0);
  else
    await waitUntil(
      "the password is none any more",
      async () => typeof (await closing(Asker.openScram(bootstrap, "carol", PASSWORD))) === "string",
    );

  tell("a new login with the old password", await closing(Asker.openScram(bootstrap, "carol", PASSWORD)));
  const late = await byToken();
  tell("a new login by the token", typeof late === "string" ? late : "in");
  if (typeof late !== "string") tell("the topic by it", await topicCode(late));
  tell("the topic by the token's old connection", await topicCode(there));
  tell("the topic by the owner's old connection", await topicCode(own));
  for (const [who, asker] of [
    ["the owner's old connection", own],
    ["the token's old connection", there],
    ["a super user", root],
  ] as const) {
    const seen = await asker.ask(describeDelegationTokenApi, 3, makeDescribeDelegationTokenRequest({ owners: null }));
    tell(`${who} sees it`, `${seen.errorCode} ${seen.tokens.some(({ tokenId }) => tokenId === made.tokenId)}`);
    const another = await asker.ask(createDelegationTokenApi, 3, makeCreateDelegationTokenRequest({ maxLifetimeMs: 60_000 }));
    tell(`${who} makes another`, another.errorCode);
    const renewed = await asker.ask(renewDelegationTokenApi, 2, makeRenewDelegationTokenRequest({ hmac: made.hmac, renewPeriodMs: -1 }));
    tell(`${who} renews it`, renewed.errorCode);
  }
  const ended = { hmac: made.hmac, expiryTimePeriodMs: -1 };
  tell("a super user ends it", (await root.ask(expireDelegationTokenApi, 2, makeExpireDelegationTokenRequest(ended))).errorCode);
  tell("its owner ends it", (await own.ask(expireDelegationTokenApi, 2, makeExpireDelegationTokenRequest(ended))).errorCode);
  await waitUntil("the token is none any more", async () => typeof (await closing(byToken())) === "string");
  tell("a login by it then", await closing(byToken()));
  for (const asker of [own, there, late]) if (typeof asker !== "string") asker.close();
  await forgetAcls(root);
  return story;
}

async function setUser(root: Asker, password: string | undefined): Promise<void> {
  const salt = Buffer.from("a salt of the test's");
  const change =
    password === undefined
      ? { deletions: [makeScramCredentialDeletion({ name: "carol", mechanism: MECHANISM_NUMBER })] }
      : {
          upsertions: [
            makeScramCredentialUpsertion({
              name: "carol",
              mechanism: MECHANISM_NUMBER,
              iterations: ITERATIONS,
              salt,
              saltedPassword: pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256"),
            }),
          ],
        };
  const { results } = await root.ask(alterUserScramCredentialsApi, 0, makeAlterUserScramCredentialsRequest(change));
  assert.deepEqual(
    results.map(({ errorCode }) => errorCode),
    [0],
  );
}

async function forgetAcls(root: Asker): Promise<void> {
  const filter = makeDeleteAclsFilter({
    resourceTypeFilter: ResourceType.TOPIC,
    resourceNameFilter: TOPIC,
    patternTypeFilter: PatternType.LITERAL,
    principalFilter: "User:carol",
    hostFilter: null,
    operation: 1,
    permissionType: 1,
  });
  await root.ask(deleteAclsApi, 3, makeDeleteAclsRequest({ filters: [filter] }));
}

async function topicCode(asker: Asker): Promise<number | undefined> {
  const topics = [makeMetadataRequestTopic({ name: TOPIC })];
  const answer = await asker.ask(metadataApi, 12, makeMetadataRequest({ topics, allowAutoTopicCreation: false }));
  return answer.topics[0]?.errorCode;
}

async function waitFor(what: string, open: () => Promise<Asker | string>): Promise<Asker> {
  let opened: Asker | string = "";
  await waitUntil(what, async () => typeof (opened = await open()) !== "string");
  assert.ok(typeof opened !== "string");
  return opened;
}

/** "in", or why not. */
async function closing(opening: Promise<Asker | string>): Promise<string | undefined> {
  const opened = await opening;
  if (typeof opened === "string") return opened;
  opened.close();
  return undefined;
}
