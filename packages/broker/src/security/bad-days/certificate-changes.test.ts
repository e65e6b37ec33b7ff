// Certificates and logins that are changed over the wire: what cannot be used is refused before it is stored.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { describeConfigsApi, makeDescribeConfigsRequest, makeDescribeConfigsResource } from "@ottla/protocol/apis/describe-configs";
import {
  incrementalAlterConfigsApi,
  makeAlterableConfig,
  makeAlterConfigsResource,
  makeIncrementalAlterConfigsRequest,
} from "@ottla/protocol/apis/incremental-alter-configs";
import { createAuthority, issueCertificate } from "../../certificates/index.ts";
import { GuardedBroker, PASSWORDS } from "../testing/guarded-broker.ts";
import { SecureClient } from "../testing/secure-client.ts";

const BROKER = 4;
const HOUR_MS = 3_600_000;
const validity = { notBefore: new Date(Date.now() - HOUR_MS), notAfter: new Date(Date.now() + 60 * 24 * HOUR_MS) };
const authority = await createAuthority({ subject: "CN=CA", ...validity });
const issue = (subject: string, ...hosts: string[]) => issueCertificate(authority, { subject, hosts, ...validity });
const own = await issue("CN=broker", "127.0.0.1");
const renewed = await issue("CN=broker", "127.0.0.1");
const stranger = await issue("CN=stranger", "127.0.0.1");

const PEM = {
  "ssl.keystore.type": "PEM",
  "ssl.keystore.certificate.chain": own.certificate,
  "ssl.keystore.key": own.privateKey,
};
const LISTENER = "listener.name.sasl_ssl.";

test("a certificate, key, rule or login that cannot be used is refused with INVALID_REQUEST, and nothing of it is stored", async () => {
  await using guarded = await GuardedBroker.start(PEM, { listener: "SASL_SSL" });
  using client = await SecureClient.open(guarded.broker, { ca: authority.certificate });
  await client.scram("alice", PASSWORDS["alice"]!);
  const alter = async (configs: Readonly<Record<string, string>>, resourceName = "1", validateOnly = false) => {
    const answer = await client.send(
      incrementalAlterConfigsApi,
      1,
      makeIncrementalAlterConfigsRequest({
        validateOnly,
        resources: [
          makeAlterConfigsResource({
            resourceType: BROKER,
            resourceName,
            configs: Object.entries(configs).map(([name, value]) => makeAlterableConfig({ name, value, configOperation: 0 })),
          }),
        ],
      }),
    );
    assert.ok(answer !== "closed");
    const { errorCode, errorMessage } = answer.responses[0]!;
    return { errorCode, errorMessage };
  };
  const stored = () => guarded.broker.running.state.metadata.configs("broker", "1").size;
  for (const [configs, message] of [
    [{ [`${LISTENER}ssl.keystore.key`]: renewed.privateKey }, /does not belong to the certificate/],
    [{ [`${LISTENER}ssl.keystore.certificate.chain`]: "none" }, /no certificate/],
    [
      { [`${LISTENER}ssl.keystore.certificate.chain`]: stranger.certificate, [`${LISTENER}ssl.keystore.key`]: stranger.privateKey },
      /another subject/,
    ],
    [{ [`${LISTENER}ssl.keystore.location`]: "/nowhere.pem" }, /./],
    [{ [`${LISTENER}ssl.enabled.protocols`]: "SSLv3" }, /no version of TLS that is safe/],
    [{ [`${LISTENER}plain.sasl.jaas.config`]: "nonsense s3cr3t" }, /is no JAAS configuration/],
  ] as const) {
    for (const validateOnly of [true, false]) {
      const { errorCode, errorMessage } = await alter(configs, "1", validateOnly);
      assert.equal(errorCode, ErrorCode.INVALID_REQUEST, JSON.stringify(configs).slice(0, 60));
      assert.match(errorMessage!, message);
      assert.doesNotMatch(errorMessage!, /s3cr3t|PRIVATE/);
    }
    assert.equal(stored(), 0);
  }
  const good = { [`${LISTENER}ssl.keystore.certificate.chain`]: renewed.certificate, [`${LISTENER}ssl.keystore.key`]: renewed.privateKey };
  assert.deepEqual(await alter(good), { errorCode: ErrorCode.NONE, errorMessage: null });
  using later = await SecureClient.open(guarded.broker, { ca: authority.certificate });
  const welcome = await later.scram("alice", PASSWORDS["alice"]!);
  assert.ok(welcome !== "closed" && welcome.errorCode === ErrorCode.NONE);
  const described = await later.send(
    describeConfigsApi,
    4,
    makeDescribeConfigsRequest({
      resources: [makeDescribeConfigsResource({ resourceType: BROKER, resourceName: "1", configurationKeys: null })],
    }),
  );
  const text = JSON.stringify(described);
  for (const secret of ["PRIVATE", ...Object.values(PASSWORDS)]) assert.ok(!text.includes(secret), `${secret} is shown`);
  assert.ok(text.includes(`${LISTENER}ssl.keystore.key`));
});
