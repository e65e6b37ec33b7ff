import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createClient } from "../client.ts";
import { clientOptionsFromProperties, producerOptionsFromProperties } from "../options/from-properties.ts";
import { findUnusedProperties } from "../options/unused-properties.ts";
import { makeWorld } from "../testing/simulated-world.ts";
import { securityFromProperties } from "./security-properties.ts";

const from = (properties: Record<string, string>) => securityFromProperties(new Map(Object.entries(properties)));
const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required username="alice" password="s3cr3t";';
const plain = "org.apache.kafka.common.security.plain.PlainLoginModule required username=alice password='s3cr3t';";
const oauth = (options: string) => `org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required ${options};`;

describe("security from Kafka's properties", () => {
  test("plaintext is no option at all; SSL trusts whom Node knows unless told otherwise", () => {
    assert.deepEqual(from({}), {});
    assert.deepEqual(from({ "security.protocol": "PLAINTEXT" }), {});
    assert.deepEqual(from({ "security.protocol": "ssl" }), { tls: {} });
  });

  test("stores, keys, versions and the host's name become TLS options", () => {
    assert.deepEqual(
      from({
        "security.protocol": "SSL",
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": "/ca.pem",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": "/me.pem",
        "ssl.key.password": "k",
        "ssl.enabled.protocols": "TLSv1.3",
        "ssl.cipher.suites": "TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384",
        "ssl.endpoint.identification.algorithm": "",
      }).tls,
      {
        caFile: "/ca.pem",
        certFile: "/me.pem",
        keyFile: "/me.pem",
        passphrase: "k",
        minVersion: "TLSv1.3",
        maxVersion: "TLSv1.3",
        cipherSuites: ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"],
        verifyHost: false,
      },
    );
  });

  test("stores are PKCS#12 under Kafka's default type, too, with passwords of their own", () => {
    const stores = { "ssl.truststore.location": "/t.jks", "ssl.truststore.password": "a", "ssl.keystore.location": "/k.p12" };
    assert.deepEqual(
      from({ "security.protocol": "SSL", "ssl.keystore.type": "pkcs12", "ssl.key.password": "of the store", ...stores }).tls,
      {
        truststore: { file: "/t.jks", password: "a" },
        keystore: { file: "/k.p12" },
      },
    );
  });

  test("JAAS texts become logins", () => {
    const login = (mechanism: string, jaas: string, more = {}) =>
      from({ "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": mechanism, "sasl.jaas.config": jaas, ...more }).sasl;
    assert.deepEqual(login("PLAIN", plain), { mechanism: "PLAIN", username: "alice", password: "s3cr3t" });
    assert.deepEqual(login("SCRAM-SHA-512", scram), { mechanism: "SCRAM-SHA-512", username: "alice", password: "s3cr3t" });
    assert.deepEqual(login("SCRAM-SHA-256", scram.replace(";", " tokenauth=true;")), {
      mechanism: "SCRAM-SHA-256",
      tokenId: "alice",
      tokenHmac: "s3cr3t",
    });
    assert.deepEqual(
      login("OAUTHBEARER", oauth('clientId="a" clientSecret="b" scope="c" extension_tenant="t"'), {
        "sasl.oauthbearer.token.endpoint.url": "https://id/token",
      }),
      {
        mechanism: "OAUTHBEARER",
        tokenEndpointUrl: "https://id/token",
        clientId: "a",
        clientSecret: "b",
        scope: "c",
        extensions: { tenant: "t" },
      },
    );
  });

  test("an unsecured token is made of the claims that its login module names", async () => {
    const sasl = from({
      "security.protocol": "SASL_PLAINTEXT",
      "sasl.mechanism": "OAUTHBEARER",
      "sasl.jaas.config": oauth(
        'unsecuredLoginStringClaim_sub="alice" unsecuredLoginListClaim_scope=",a,b" unsecuredLoginLifetimeSeconds="60"',
      ),
    }).sasl;
    assert.ok(sasl !== undefined && "token" in sasl);
    const token = await sasl.token({ signal: AbortSignal.timeout(1000) });
    const [head, body, signature] = token.value.split(".");
    const read = (part = "") => JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
    assert.deepEqual(read(head), { alg: "none" });
    const { iat, exp, ...claims } = read(body);
    assert.deepEqual([claims, Number(exp) - Number(iat), signature], [{ sub: "alice", scope: ["a", "b"] }, 60, ""]);
  });

  test("mistakes are one sentence that names the property and holds no secret", () => {
    const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
      [{ "security.protocol": "SASL_SLS" }, /security\.protocol is "SASL_SLS".*did you mean SASL_SSL/],
      [{ "sasl.jaas.config": plain }, /sasl\.jaas\.config is given and security\.protocol is not given, so nobody would log in/],
      [
        { "security.protocol": "SASL_PLAINTEXT", "ssl.truststore.location": "x", "sasl.mechanism": "PLAIN", "sasl.jaas.config": plain },
        /nothing would be encrypted; set it to SASL_SSL/,
      ],
      [{ "security.protocol": "SASL_SSL" }, /sasl\.mechanism is not given, which means GSSAPI/],
      [{ "security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA256", "sasl.jaas.config": scram }, /did you mean SCRAM-SHA-256/],
      [
        { "security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN" },
        /PLAIN needs sasl\.jaas\.config: org\.apache\.kafka\.common\.security\.plain\.PlainLoginModule required/,
      ],
      [
        { "security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN", "sasl.jaas.config": scram },
        /names org\.apache\.kafka\.common\.security\.scram\.ScramLoginModule; PLAIN needs/,
      ],
      [
        { "security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN", "sasl.jaas.config": plain.replace(";", "") },
        /does not end with a semicolon/,
      ],
      [{ "security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN", "sasl.jaas.config": plain + plain }, /has 2 login modules/],
      [
        { "security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN", "sasl.jaas.config": plain.replace("username=alice", "") },
        /no username/,
      ],
      [{ "security.protocol": "SASL_SSL", "sasl.mechanism": "OAUTHBEARER", "sasl.jaas.config": oauth("") }, /OAUTHBEARER needs tokens/],
      [
        { "security.protocol": "SASL_SSL", "sasl.mechanism": "OAUTHBEARER", "sasl.oauthbearer.token.endpoint.url": "https://x" },
        /The id of the client is missing/,
      ],
      [
        { "security.protocol": "SASL_SSL", "sasl.mechanism": "OAUTHBEARER", "sasl.login.callback.handler.class": "com.example.Mine" },
        /give a token provider instead/,
      ],
      [{ "security.protocol": "SSL", "ssl.truststore.type": "BCFKS" }, /ssl\.truststore\.type is BCFKS; this client reads PEM and PKCS12/],
      [
        { "security.protocol": "SSL", "ssl.keystore.type": "PEM", "ssl.keystore.location": "/k", "ssl.keystore.password": "s3cr3t" },
        /A PEM file has no password; leave ssl\.keystore\.password out/,
      ],
      [{ "security.protocol": "SSL", "ssl.enabled.protocols": "TLSv1.1" }, /TLSv1\.2 and TLSv1\.3 are there/],
      [{ "security.protocol": "SSL", "ssl.engine.factory.class": "x" }, /code of Java's/],
    ];
    for (const [properties, message] of cases)
      assert.throws(
        () => from(properties),
        (error: Error) => message.test(error.message) && !error.message.includes("s3cr3t"),
        JSON.stringify(properties),
      );
  });

  test("they may stand among our own names, belong to the client alone, and are one option with ours", () => {
    const world = makeWorld();
    const properties = { "security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN", "sasl.jaas.config": plain };
    assert.doesNotThrow(() => createClient({ bootstrapServers: "h:1", ...properties }, world));
    assert.throws(
      () => createClient({ bootstrapServers: "h:1", ...properties, tls: {} }, world),
      /"security\.protocol" and "tls", which are one option/,
    );
    assert.throws(
      () => createClient({ bootstrapServers: "h:1" }, world).producer(properties as object),
      /option of createClient; give it there/,
    );
    assert.deepEqual(findUnusedProperties(properties), []);
    assert.deepEqual(producerOptionsFromProperties(properties), {});
    assert.deepEqual(Object.keys(clientOptionsFromProperties(properties)), ["tls", "sasl"]);
  });
});

describe("security options", () => {
  const make = (options: object) => createClient({ bootstrapServers: "h:1", ...options }, makeWorld());

  test("that make no sense are refused by name, without a secret", () => {
    const cases: readonly (readonly [object, RegExp])[] = [
      [{ tls: 5 }, /tls is 5; it must be true or an object/],
      [{ tls: { Ca: "x" } }, /did you mean "ca"\?/],
      [{ tls: { ca: "not pem s3cr3t" } }, /tls\.ca must be PEM/],
      [{ tls: { cert: "-----BEGIN CERTIFICATE-----" } }, /a certificate and no key; they go together/],
      [{ tls: { ca: "-----BEGIN X", caFile: "x" } }, /tls\.ca and tls\.caFile both say/],
      [{ tls: { ca: "-----BEGIN X", truststore: { file: "x" } } }, /tls\.ca and tls\.truststore both say/],
      [{ tls: { keystore: { file: "x", pasword: "s3cr3t" } } }, /tls\.keystore was given "pasword".*did you mean "password"/],
      [{ tls: { keystore: "s3cr3t" } }, /tls\.keystore must be an object/],
      [{ tls: { minVersion: "TLSv1.1" } }, /must be one of TLSv1\.2, TLSv1\.3/],
      [{ tls: { verifyHost: "no" } }, /tls\.verifyHost is "no"/],
      [{ sasl: "s3cr3t" }, /sasl must be an object/],
      [{ sasl: { mechanism: "plain", username: "a", password: "s3cr3t" } }, /did you mean PLAIN/],
      [{ sasl: { mechanism: "PLAIN", username: "a" } }, /sasl\.password must be a text that is not empty/],
      [{ sasl: { mechanism: "PLAIN", username: "", password: "s3cr3t" } }, /sasl\.username is ""/],
      [
        { sasl: { mechanism: "PLAIN", user: "a", password: "s3cr3t" } },
        /sasl was given "user", which is no option of it; it has mechanism, username, password/,
      ],
      [{ sasl: { mechanism: "PLAIN", tokenId: "a", tokenHmac: "s3cr3t" } }, /SCRAM-SHA-256 or SCRAM-SHA-512 for a delegation token/],
      [{ sasl: { mechanism: "OAUTHBEARER", token: "s3cr3t" } }, /sasl\.token must be a function/],
      [
        { sasl: { mechanism: "OAUTHBEARER", tokenEndpointUrl: "https://a:s3cr3t@x", clientId: "a", clientSecret: "b" } },
        /without credentials in it/,
      ],
    ];
    for (const [options, message] of cases)
      assert.throws(
        () => make(options),
        (error: Error & { code?: string }) =>
          error.code === "INVALID_OPTION" && message.test(error.message) && !error.message.includes("s3cr3t"),
        JSON.stringify(options),
      );
  });
});
