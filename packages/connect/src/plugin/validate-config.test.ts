import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { builtinPlugins } from "./builtin-plugins.ts";
import { resolveReferences } from "./config-providers.ts";
import { secretsIn } from "../secrets/secrets-in.ts";
import { hideSecrets, isHidden, keepSecrets } from "./config-secrets.ts";
import { PluginCatalogue } from "./plugin-catalogue.ts";
import { loadedEntry } from "./plugin-folder.ts";
import { type ConnectorProperties, readConfig } from "./read-config.ts";
import { errorsOf, type Validation, validateConfig } from "./validate-config.ts";
import { family, secret, str } from "./config-shape.ts";
import { defineSource } from "./define.ts";

const locked = defineSource({
  name: "locked",
  aliases: ["com.example.LockedSourceConnector"],
  version: "2.0.0",
  config: { user: str(), code: secret() },
  check: async ({ code }) => (code === "right" ? [] : [{ severity: "error", key: "code", message: "The door stays shut." }]),
  async *read() {},
});
const catalogue = new PluginCatalogue([...builtinPlugins, loadedEntry(locked)]);
const world = {
  environment: { CODE: "right" },
  files: { read: async (path: string) => (path === "/secrets.properties" ? "code=right\n" : Promise.reject(new Error("no such file"))) },
};

function validate(properties: ConnectorProperties): Promise<Validation> {
  return validateConfig(properties, {
    catalogue,
    resolve: (each) => resolveReferences(each, world),
    check: async (plugin, resolved) =>
      (await plugin.check?.({ ...resolved }, { signal: new AbortController().signal, log: silentLogger })) ?? [],
  });
}

const errors = async (properties: ConnectorProperties): Promise<Record<string, readonly string[]>> =>
  Object.fromEntries(
    (await validate(properties)).report.configs.flatMap(({ value }) => (value.errors.length > 0 ? [[value.name, value.errors]] : [])),
  );

test("a plugin is found by its name, its Java class, and that class without its package or its last word", async () => {
  for (const name of ["locked", "com.example.LockedSourceConnector", "LockedSourceConnector", "LockedSource"])
    assert.equal((await catalogue.load(["source"], name)).name, "locked");
  assert.throws(
    () => catalogue.find(["source", "sink"], "LokedSource"),
    /no source or sink called "LokedSource"\. Did you mean LockedSource\?/,
  );
});

test("every setting that is missing, wrong or contradicts another is told, each at its name", async () => {
  const wrong = { "connector.class": "locked", "tasks.max": "0", transforms: "a,a", "transforms.a.type": "Nope", "key.converter": "nope" };
  const { "key.converter": converter = [], "transforms.a.type": transform = [], ...others } = await errors(wrong);
  assert.match(converter[0] ?? "", /There is no converter called "nope"\./);
  assert.match(transform[0] ?? "", /There is no transformation called "Nope"\./);
  assert.deepEqual(others, {
    name: ['Missing required configuration "name" which has no default value.'],
    "tasks.max": ['Value "0" is not allowed for tasks.max: it must be a whole number (32 bit) of at least 1.'],
    transforms: ["transforms names one more than once."],
    user: ['Missing required configuration "user" which has no default value.'],
    code: ['Missing required configuration "code" which has no default value.'],
  });
  assert.deepEqual(Object.keys(await errors({ name: "s", "connector.class": "FileStreamSink", file: "x" })), ["topics"]);
  assert.deepEqual(
    Object.keys(await errors({ name: "s", "connector.class": "FileStreamSink", file: "x", topics: "a", "topics.regex": "b" })),
    ["topics"],
  );
  await assert.rejects(validate({ name: "a" }), /contains no connector type/);
});

test("settings whose names are made up within a pattern are a plugin's own, and have no definition", async () => {
  const open = defineSource({ name: "open", version: "1", config: { path: str(), rules: family(/^rule\.\d+$/) }, async *read() {} });
  const given = { "connector.class": "open", name: "o", path: "p", "rule.1": "a", "rule.22": "b", "rule.x": "c" };
  assert.deepEqual(readConfig(open.config, given), { path: "p", rules: { "rule.1": "a", "rule.22": "b" } });
  assert.deepEqual(readConfig(open.config, { path: "p" }).rules, {});
  const { report } = await validateConfig(given, {
    catalogue: new PluginCatalogue([...builtinPlugins, loadedEntry(open)]),
    resolve: (each) => Promise.resolve(each),
  });
  assert.equal(report.error_count, 0);
  assert.equal(
    report.configs.some(({ definition }) => definition?.name.startsWith("rule")),
    false,
  );
});

test("a dry run's findings stand at the settings that they are about, once all settings are right", async () => {
  const config = { name: "a", "connector.class": "locked", user: "u", code: "wrong" };
  assert.deepEqual(await errors(config), { code: ["The door stays shut."] });
  assert.deepEqual(await errors({ ...config, code: "${env:CODE}" }), {});
  assert.deepEqual(await errors({ ...config, code: "${file:/secrets.properties:code}" }), {});
  const { report } = await validate({ ...config, code: "${env:NOPE}" });
  assert.match(errorsOf(report) ?? "", /1 error\(s\):\ncode refers to \$\{env:NOPE\}, and the worker's environment has no NOPE\./);
});

test("a secret is shown nowhere, a reference as it is written, and what is sent back hidden keeps the secret", async () => {
  const { report, sensitive } = await validate({ name: "a", "connector.class": "locked", user: "u", code: "right" });
  assert.ok(!JSON.stringify(report).includes('"right"'));
  assert.deepEqual([...sensitive], ["code"]);
  const properties = { code: "right", "producer.override.sasl.jaas.config": "x password=y", user: "u", other: "${env:CODE}" };
  const hidden = { code: "[hidden]", "producer.override.sasl.jaas.config": "[hidden]", user: "u", other: "${env:CODE}" };
  assert.deepEqual(hideSecrets(properties, sensitive), hidden);
  assert.deepEqual(keepSecrets(hidden, properties), properties);
});

test("the password of an address is hidden in whatever setting it stands, and kept by who writes the rest back as it was", () => {
  const none = new Set<string>();
  const properties = {
    "connection.url": "http://u:one@a:9200/x,https://:two%40@b?q=c:d@e",
    plain: "http://a:9200/u:p@x //a b:c@",
    fromElsewhere: "http://u:${env:P}@a",
  };
  const hidden = { ...properties, "connection.url": "http://u:[hidden]@a:9200/x,https://:[hidden]@b?q=c:d@e" };
  assert.deepEqual(hideSecrets(properties, none), hidden);
  assert.deepEqual(keepSecrets(hidden, properties), properties);
  const moved = { "connection.url": hidden["connection.url"].replace("a:9200", "evil:9200") };
  assert.deepEqual(keepSecrets(moved, properties), moved, "a secret does not go to another place");
  assert.deepEqual([isHidden(moved["connection.url"]), isHidden("[hidden]"), isHidden("x [hidden]")], [true, true, false]);
  assert.deepEqual(secretsIn(properties), ["one", "one", "two%40", "two@"]);
});

test("what is wrong is told at the setting that is at fault: lists of odd names at the list, a finding without a name at the one that it names", async () => {
  const given = { name: "a", "connector.class": "locked", user: "u", code: "right" };
  for (const odd of ["(", '{"', "a b", "/dev/zero", "🎈", "\u0000x"])
    for (const list of ["transforms", "predicates", "topic.creation.groups"]) {
      const found = await errors({ ...given, [list]: odd });
      assert.deepEqual(Object.keys(found), [list], `${list}=${odd}`);
    }
  const said = async (message: string) => {
    const plugin = defineSource({
      name: "says",
      version: "1",
      config: { host: str(), "host.port": str().optional(), "tls.file": str().optional() },
      check: async () => [{ severity: "error", message }],
      async *read() {},
    });
    const { report } = await validateConfig(
      { name: "a", "connector.class": "says", host: "h" },
      {
        catalogue: new PluginCatalogue([...builtinPlugins, loadedEntry(plugin)]),
        resolve: async (each) => each,
        check: async () => [{ severity: "error", message }],
      },
    );
    return report.configs.flatMap(({ value }) => (value.errors.length > 0 ? [value.name] : []));
  };
  assert.deepEqual(await said("tls.file names /dev/zero, and the file cannot be read: it is no file."), ["tls.file"]);
  assert.deepEqual(await said("The dry run failed: host.port is no port; see to host."), ["host.port"]);
  assert.deepEqual(await said("No host answers."), ["connector.class"]);
  assert.deepEqual(await said("host: nobody answers there."), ["host"]);
  assert.deepEqual(await said("my.host.port.x is nothing"), ["connector.class"]);
});
