import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Logger, silentLogger } from "@ottla/base";
import {
  type Client,
  type ClientOptions,
  createClient,
  type KafkaError,
  type NewAcl,
  type Reachability,
  type SaslOptions,
  type TlsOptions,
} from "@ottla/client";
import { uniqueName } from "../clients/unique-name.ts";
import { waitUntil } from "../process/wait-until.ts";
import { AUDIENCE } from "../../../packages/broker/src/security/testing/identity-provider.ts";
import { certificateUser, issueClientFile, PLAIN_USER, type SecureAccess } from "../secure/secure-listeners.ts";
import { CASES_AT_ONCE, makeTopic, partitionsOf, pollUntil, readRecords, type TargetSource, withClient } from "./case-client.ts";

type AclWish = Pick<NewAcl, "resourceType" | "resourceName" | "operation"> & Partial<NewAcl>;
type Login = Pick<ClientOptions, "sasl" | "tls" | "bootstrapServers">;

/** What the cluster of the cases is like. */
export interface SecureCaseOptions {
  /** A load goes on until so many logins were renewed. */
  readonly renewals: number;
}

function countingRenewals(renewed: { count: number }): Logger {
  return { ...silentLogger, debug: (event) => void (event === "login renewed" && renewed.count++) };
}

/** Our client at listeners with TLS, logins and ACLs that deny by default; whoever comes in plaintext may do all. */
export function defineSecureCases(target: TargetSource, { renewals }: SecureCaseOptions): void {
  const secure = (): SecureAccess => target().secure!;
  const ca = (): TlsOptions => ({ caFile: `${secure().folder}/ca.pem` });
  const bySasl = (sasl: SaslOptions, tls: TlsOptions = ca()): Login => ({ bootstrapServers: secure().bootstraps["SASL_SSL"]!, tls, sasl });
  const byCertificate = (file: string, tls: TlsOptions = ca()): Login => ({
    bootstrapServers: secure().bootstraps["SSL"]!,
    tls: { ...tls, certFile: file, keyFile: file },
  });

  /** A new user with a password for both kinds of SCRAM, known to all brokers. */
  async function makeUser(admin: ReturnType<Client["admin"]>, password = "s3cr3t"): Promise<string> {
    const user = uniqueName("user");
    const mechanisms = ["SCRAM-SHA-256", "SCRAM-SHA-512"] as const;
    const outcomes = await admin.alterUserScramCredentials(
      mechanisms.map((mechanism) => ({ user, mechanism, password, iterations: 4096 })),
    );
    for (const { error } of outcomes) if (error) throw error;
    await waitUntil(`${user} may log in`, () => asked(bySasl({ mechanism: "SCRAM-SHA-256", username: user, password })), { everyMs: 20 });
    return user;
  }

  async function allow(admin: ReturnType<Client["admin"]>, principal: string, wishes: readonly AclWish[]): Promise<void> {
    for (const { error } of await admin.createAcls(wishes.map((wish) => ({ ...wish, principal })))) if (error) throw error;
  }

  async function asked(login: Login): Promise<true> {
    await using client = createClient({ ...login, apiTimeoutMs: 10_000 });
    await client.admin().describeCluster();
    return true;
  }

  /** What is said first: that nobody can be reached, or why the call failed. */
  function complaint(login: Login): Promise<string> {
    return new Promise((resolve) => {
      const onReachability = (change: Reachability): void => void (change.kind === "unreachable" && resolve(change.error.message));
      const client = createClient({ ...login, apiTimeoutMs: 20_000, onReachability });
      const done = client
        .admin()
        .describeCluster()
        .then(
          () => resolve("nothing"),
          (error: Error) => resolve(error.message),
        );
      void done.then(() => client.close());
    });
  }

  const everything = (topic: string, groupId: string): readonly AclWish[] => [
    { resourceType: "topic", resourceName: topic, operation: "all" },
    { resourceType: "group", resourceName: groupId, operation: "read" },
  ];

  /** Sends and reads in a group as `login`. Every broker may hear of a new ACL at its own time. */
  async function roundTrip(login: Login, topic: string, groupId: string): Promise<void> {
    await using client = createClient({ ...login, apiTimeoutMs: 20_000 });
    const producer = client.producer();
    await waitUntil("records are taken", async () => (await producer.send({ topic, partition: 0, value: "hello" })).offset >= 0, {
      timeoutMs: 60_000,
    });
    const consumer = client.consumer({ groupId, autoOffsetReset: "earliest" });
    consumer.subscribe(topic);
    const [record] = await readRecords(consumer, 1);
    assert.equal(record?.value?.toString(), "hello");
    await consumer.close();
  }

  describe("our client at secure listeners", { concurrency: CASES_AT_ONCE }, () => {
    test("TLS and a login by PLAIN or SCRAM, by our names or Kafka's: who may, sends and reads", () =>
      withClient(target, async (client) => {
        const admin = client.admin();
        const user = await makeUser(admin);
        const [topic, groupId] = [await makeTopic(client, 1), uniqueName("group")];
        for (const name of [user, PLAIN_USER.username]) await allow(admin, `User:${name}`, everything(topic, groupId));
        await roundTrip(bySasl({ mechanism: "PLAIN", ...PLAIN_USER }), topic, groupId);
        for (const mechanism of ["SCRAM-SHA-256", "SCRAM-SHA-512"] as const)
          await roundTrip(bySasl({ mechanism, username: user, password: "s3cr3t" }), topic, groupId);
        await using byProperties = createClient({
          "bootstrap.servers": secure().bootstraps["SASL_SSL"]!,
          "security.protocol": "SASL_SSL",
          "ssl.truststore.type": "PEM",
          "ssl.truststore.location": `${secure().folder}/ca.pem`,
          "sasl.mechanism": "SCRAM-SHA-512",
          "sasl.jaas.config": `org.apache.kafka.common.security.scram.ScramLoginModule required username="${user}" password="s3cr3t";`,
        });
        await byProperties.producer().send({ topic, value: "by properties" });
      }));

    test("what no ACL allows is told by its kind and name, and costs nobody else", () =>
      withClient(target, async (client) => {
        const admin = client.admin();
        const user = await makeUser(admin);
        const [open, closed] = [await makeTopic(client, 1), await makeTopic(client, 1)];
        await allow(admin, `User:${user}`, [{ resourceType: "topic", resourceName: open, operation: "write" }]);
        await using guest = createClient({
          ...bySasl({ mechanism: "SCRAM-SHA-256", username: user, password: "s3cr3t" }),
          apiTimeoutMs: 20_000,
        });
        const producer = guest.producer();
        await waitUntil("the ACL is known", async () => (await producer.send({ topic: open, value: "a" })).offset >= 0, {
          timeoutMs: 60_000,
        });
        const denied = async (code: string, name: RegExp, call: () => Promise<unknown>): Promise<void> => {
          await assert.rejects(call, (error: KafkaError) => {
            assert.equal(error.code, code, error.message);
            assert.match(error.message, name);
            return true;
          });
        };
        await denied("TOPIC_AUTHORIZATION_FAILED", new RegExp(closed), () => producer.send({ topic: closed, value: "b" }));
        await producer.send({ topic: open, value: "c" });
        const transactional = guest.producer({ transactionalId: "not mine" });
        await denied("TRANSACTIONAL_ID_AUTHORIZATION_FAILED", /not mine/, () =>
          transactional.transaction((tx) => tx.send({ topic: open, value: "d" })),
        );
        const reader = guest.consumer({ groupId: "not-mine", autoOffsetReset: "earliest" });
        reader.subscribe(open);
        await denied("GROUP_AUTHORIZATION_FAILED", /not-mine/, () => pollUntil(reader, "an error comes", () => false));
        const single = guest.consumer({ autoOffsetReset: "earliest" });
        single.assign(partitionsOf(open, 1));
        await denied("TOPIC_AUTHORIZATION_FAILED", new RegExp(open), () => pollUntil(single, "an error comes", () => false));
        const [created] = await guest.admin().createTopics([{ name: uniqueName("denied") }]);
        assert.equal(created?.error?.code, "TOPIC_AUTHORIZATION_FAILED");
        await denied("CLUSTER_AUTHORIZATION_FAILED", /cluster|DESCRIBE/i, () => guest.admin().describeAcls());
        assert.deepEqual(
          (await guest.admin().listTopics()).map(({ name }) => name),
          [open],
        );
      }));

    test("certificates of clients become users by the listener's rules; a renewed file serves the next connection", () =>
      withClient(target, async (client) => {
        const admin = client.admin();
        const [topic, groupId, name] = [await makeTopic(client, 1), uniqueName("group"), uniqueName("alice")];
        await allow(admin, certificateUser(name), everything(topic, groupId));
        const known = await issueClientFile(secure(), name);
        const unknown = await issueClientFile(secure(), uniqueName("bob"));
        await roundTrip(byCertificate(known), topic, groupId);
        const file = `${secure().folder}/${uniqueName("renewed")}.pem`;
        copyFileSync(unknown, file);
        let openCount = 0;
        const debug = (event: string): void =>
          void (event === "connection opened" ? openCount++ : event === "connection closed" && openCount--);
        const logger = { ...silentLogger, debug };
        await using renewing = createClient({ ...byCertificate(file), connectionsMaxIdleMs: 200, apiTimeoutMs: 20_000 }, { logger });
        const described = async () => (await renewing.admin().describeTopics([topic]))[0]?.error?.code;
        assert.equal(await described(), "TOPIC_AUTHORIZATION_FAILED");
        copyFileSync(known, file);
        await waitUntil("idle connections are closed", () => openCount === 0, { everyMs: 20 });
        assert.equal(await described(), undefined);
      }));

    test("certificates that are expired, of strangers, for other hosts or missing are told in one sentence", async () => {
      const own = await issueClientFile(secure(), uniqueName("carol"));
      const refused = (login: Login, message: RegExp): Promise<void> =>
        assert.rejects(asked(login), (error: Error & { code?: string }) => {
          assert.equal(error.code, "TLS_FAILED", error.message);
          assert.match(error.message, message);
          return true;
        });
      const stranger = { caFile: `${secure().folder}/stranger.pem` };
      await refused({ bootstrapServers: secure().bootstraps["EXPIRED"]!, tls: ca() }, /The certificate of 127\.0\.0\.1 has expired/);
      await refused(byCertificate(own, stranger), /was not issued by anyone whom this client trusts/);
      await refused(bySasl({ mechanism: "PLAIN", ...PLAIN_USER }, { ...ca(), serverName: "kafka.example.com" }), /is for another host/);
      await refused({ bootstrapServers: secure().bootstraps["SSL"]!, tls: ca() }, /may ask for a certificate of this client/);
      // Java says what it has against it; Node's servers, and so ours, close the connection.
      const old = byCertificate(await issueClientFile(secure(), uniqueName("dave"), true));
      assert.match(await complaint(old), /certificate of this client/i);
      assert.match(await complaint({ bootstrapServers: target().bootstrap, tls: ca() }), /does not speak TLS|an encrypted one/);
    });

    test("a changed password counts for the next login; a user who is removed gets in no more", () =>
      withClient(target, async (client) => {
        const admin = client.admin();
        const username = await makeUser(admin);
        const login = (password: string) => bySasl({ mechanism: "SCRAM-SHA-256", username, password });
        const refusal = (password: string) => () =>
          asked(login(password)).then(
            () => false,
            (error: KafkaError) => {
              assert.equal(error.code, "SASL_AUTHENTICATION_FAILED", error.message);
              assert.doesNotMatch(error.message, /s3cr3t|an0ther/);
              return true;
            },
          );
        await using before = createClient({ ...login("s3cr3t"), apiTimeoutMs: 10_000 });
        await before.admin().describeCluster();
        await admin.alterUserScramCredentials([{ user: username, mechanism: "SCRAM-SHA-256", password: "an0ther", iterations: 4096 }]);
        await waitUntil("the old password is refused", refusal("s3cr3t"), { everyMs: 20 });
        await asked(login("an0ther"));
        // Whoever is in stays in until the session ends.
        await before.admin().describeCluster();
        const [described] = await admin.describeUserScramCredentials([username]);
        assert.deepEqual(described?.value?.map(({ mechanism }) => mechanism).sort(), ["SCRAM-SHA-256", "SCRAM-SHA-512"]);
        await admin.alterUserScramCredentials(
          (["SCRAM-SHA-256", "SCRAM-SHA-512"] as const).map((mechanism) => ({ user: username, mechanism, remove: true })),
        );
        await waitUntil("nobody of that name gets in", refusal("an0ther"), { everyMs: 20 });
      }));

    test("sessions that end are renewed under load: records, groups and transactions go on, nothing is lost or comes twice", () =>
      withClient(target, async (client) => {
        const admin = client.admin();
        const user = await makeUser(admin);
        const [topic, groupId, transactionalId] = [await makeTopic(client, 2), uniqueName("group"), uniqueName("tx")];
        await allow(admin, `User:${user}`, [
          ...everything(topic, groupId),
          { resourceType: "transactionalId", resourceName: transactionalId, operation: "all" },
        ]);
        const renewed = { count: 0 };
        const login = bySasl({ mechanism: "SCRAM-SHA-512", username: user, password: "s3cr3t" });
        await using loaded = createClient({ ...login, apiTimeoutMs: 20_000 }, { logger: countingRenewals(renewed) });
        const plain = loaded.producer();
        await waitUntil("the ACLs are known", async () => (await plain.send({ topic, partition: 0, value: "first" })).offset >= 0, {
          timeoutMs: 60_000,
        });
        const producer = loaded.producer({ transactionalId });
        const consumer = loaded.consumer({ groupId, autoOffsetReset: "earliest", isolationLevel: "read_committed", fetchMaxWaitMs: 100 });
        consumer.subscribe(topic);
        const sent = ["first"];
        const read: string[] = [];
        const writing = (async () => {
          for (let n = 0; renewed.count < renewals; n++) {
            await sleep(10);
            const outcome = producer.transaction(async (tx) => {
              await Promise.all([0, 1].map((partition) => tx.send({ topic, partition, value: `${n} ${partition}` })));
              if (n % 5 === 4) throw new Error("not this one");
            });
            if (n % 5 === 4) await assert.rejects(outcome, /not this one/);
            else {
              await outcome;
              sent.push(`${n} 0`, `${n} 1`);
            }
            await plain.send({ topic, partition: n % 2, value: `plain ${n}` });
            sent.push(`plain ${n}`);
          }
        })();
        let isWritten = false;
        const written = writing.finally(() => (isWritten = true));
        while (!isWritten || read.length < sent.length)
          for (const batch of await consumer.poll(100)) for (const { value } of batch) read.push(value!.toString());
        await written;
        assert.deepEqual(read.sort(), sent.sort());
        await consumer.close();
      }));

    test("OAUTHBEARER: tokens of an authorization server, renewed before they end; the user stays the same", () =>
      withClient(target, async (client) => {
        const admin = client.admin();
        const [topic, groupId] = [await makeTopic(client, 1), uniqueName("group")];
        await allow(admin, "User:robot", everything(topic, groupId));
        const robot = (lifetimeSeconds: number, more: Partial<{ clientSecret: string; audience: string }> = {}) =>
          bySasl({
            mechanism: "OAUTHBEARER",
            tokenEndpointUrl: `${secure().tokenUrl}/${lifetimeSeconds}/${more.audience ?? AUDIENCE}`,
            clientId: "robot",
            clientSecret: more.clientSecret ?? "robot secret",
          });
        await roundTrip(robot(600), topic, groupId);
        const renewed = { count: 0 };
        await using brief = createClient({ ...robot(2), apiTimeoutMs: 10_000 }, { logger: countingRenewals(renewed) });
        const producer = brief.producer();
        for (let offset = 1; renewed.count < Math.ceil(renewals / 8); offset++) {
          await sleep(20);
          assert.equal((await producer.send({ topic, value: "again" })).offset, offset);
        }
        await assert.rejects(asked(robot(60, { clientSecret: "wrong" })), {
          code: "AUTHENTICATION_FAILED",
          message: /unknown client or wrong secret/,
        });
        await assert.rejects(asked(robot(60, { audience: "others" })), (error: KafkaError) => {
          assert.equal(error.code, "SASL_AUTHENTICATION_FAILED");
          return /by OAUTHBEARER/.test(error.message);
        });
      }));

    test("a delegation token acts for its owner, who may end it", () =>
      withClient(target, async (client) => {
        const admin = client.admin();
        const owner = await makeUser(admin);
        const [topic, groupId] = [await makeTopic(client, 1), uniqueName("group")];
        await allow(admin, `User:${owner}`, everything(topic, groupId));
        await using asOwner = createClient({
          ...bySasl({ mechanism: "SCRAM-SHA-256", username: owner, password: "s3cr3t" }),
          apiTimeoutMs: 20_000,
        });
        const token = await asOwner.admin().createDelegationToken({ maxLifetimeMs: 600_000 });
        assert.deepEqual([token.owner, token.requester], [`User:${owner}`, `User:${owner}`]);
        const login = (mechanism: "SCRAM-SHA-256" | "SCRAM-SHA-512", tokenHmac = token.hmac) =>
          bySasl({ mechanism, tokenId: token.tokenId, tokenHmac });
        await waitUntil("every broker knows the token", () => asked(login("SCRAM-SHA-512")), { everyMs: 50 });
        await roundTrip(login("SCRAM-SHA-256"), topic, groupId);
        const listed = await asOwner.admin().describeDelegationToken();
        assert.deepEqual(
          listed.map(({ tokenId }) => tokenId),
          [token.tokenId],
        );
        await assert.rejects(asked(login("SCRAM-SHA-256", Buffer.from("wrong").toString("base64"))), {
          code: "SASL_AUTHENTICATION_FAILED",
        });
        await using asToken = createClient({ ...login("SCRAM-SHA-256"), apiTimeoutMs: 10_000 });
        await assert.rejects(asToken.admin().createDelegationToken(), { code: "DELEGATION_TOKEN_REQUEST_NOT_ALLOWED" });
        await asOwner.admin().expireDelegationToken(token.hmac);
        const isRefused = () =>
          asked(login("SCRAM-SHA-256")).then(
            () => false,
            (error: KafkaError) => error.code === "SASL_AUTHENTICATION_FAILED",
          );
        await waitUntil("the token is gone", isRefused, { everyMs: 50 });
      }));

    test("a wrong protocol, a wrong mechanism and a wrong password are told as what they are, at once", async () => {
      const wrong = { ...PLAIN_USER, password: "s3cr3t" };
      await assert.rejects(asked({ bootstrapServers: secure().bootstraps["SSL"]!, tls: ca(), sasl: { mechanism: "PLAIN", ...wrong } }));
      await assert.rejects(asked({ bootstrapServers: target().bootstrap, sasl: { mechanism: "PLAIN", ...wrong } }), {
        code: "ILLEGAL_SASL_STATE",
        message: /asks for no login/,
      });
      await assert.rejects(asked(bySasl({ mechanism: "PLAIN", ...wrong })), (error: KafkaError) => {
        assert.equal(error.code, "SASL_AUTHENTICATION_FAILED");
        assert.doesNotMatch(error.message, /s3cr3t/);
        return true;
      });
    });
  });
}
