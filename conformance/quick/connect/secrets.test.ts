// What a connector is trusted with is said nowhere: each connector that comes along is given secrets, and servers that tell them back, and all that is said of it is looked through.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { nodeDisk, systemClock } from "@ottla/base/node";
import { defineSink, defineSource, secret, str } from "@ottla/connect";
import {
  builtinPlugins,
  connectApi,
  ConnectLoggers,
  type ConnectWorker,
  loadedEntry,
  PluginCatalogue,
  startWorker,
} from "@ottla/connect/worker";
import { type Kafka, startKafka } from "@ottla/testing";

/** A mark in each secret, by how it is given. */
const MARK = "mArk-7f3";
const ENVIRONMENT = { SECRET: `${MARK}+of/env`, HOST: "127.0.0.1" };
const FOLDER = mkdtempSync(join(tmpdir(), "ottla-secrets-"));
const REFERENCES = ["${env:SECRET}", `\${file:${join(FOLDER, "secrets.properties")}:key}`, `\${dir:${FOLDER}:secret.txt}`];

/** Answers whoever comes with what they said: HTTP with 401, PostgreSQL with a refused password, Redis with an error. */
function tellingServer(): Server {
  return createServer((socket) => {
    socket.on("error", () => {});
    // Who waits for a greeting hears nothing.
    socket.setTimeout(200, () => socket.destroy());
    let isPostgres = false;
    socket.on("data", (bytes) => {
      const text = bytes.toString("latin1");
      if (/^[A-Z]+ \S+ HTTP\/1/.test(text)) return tellHttp(socket, text);
      if (text.startsWith("*")) return void socket.write(`-ERR you said ${text.replace(/[\r\n]+/g, " ")}\r\n`);
      if (bytes.length === 8 && bytes.readInt32BE(4) === 80_877_103) return void socket.write("N");
      if (!isPostgres && bytes.length > 8 && bytes.readInt32BE(4) === 196_608) {
        isPostgres = true;
        // AuthenticationCleartextPassword
        return void socket.write(Buffer.from("520000000800000003", "hex"));
      }
      if (isPostgres && text.startsWith("p")) {
        const fields = `SFATAL\0C28P01\0Mthe password ${text.slice(5)} is wrong\0\0`;
        const head = Buffer.alloc(5);
        head.write("E");
        head.writeInt32BE(fields.length + 4, 1);
        return void socket.end(Buffer.concat([head, Buffer.from(fields, "latin1")]));
      }
      return void socket.end(bytes);
    });
  });
}

function tellHttp(socket: Socket, request: string): void {
  const login = /^authorization: Basic (\S+)/im.exec(request)?.[1] ?? "";
  const body = JSON.stringify({
    error: "you said",
    request,
    login: Buffer.from(login, "base64").toString(),
    RemoteException: { message: request },
  });
  socket.end(
    `HTTP/1.1 401 ${/authorization: \S+ ?(\S*)/i.exec(request)?.[1] ?? "No"}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

type Settings = Readonly<Record<string, string>>;

/** Each connector with secrets, as it would reach a server at `port`; `S` stands for a secret. */
function connectors(port: number, dead: string): Readonly<Record<string, Settings>> {
  const http = `http://127.0.0.1:${port}`;
  const sink = {
    topics: "in",
    "errors.tolerance": "all",
    "errors.deadletterqueue.topic.name": dead,
    "errors.deadletterqueue.context.headers.enable": "true",
    "errors.log.enable": "true",
    "errors.log.include.messages": "true",
    "key.converter": "string",
    "value.converter": "string",
  };
  const httpSink = { ...sink, "connector.class": "http-sink", "http.url": `${http}/in`, "max.retries": "0", "retry.backoff.ms": "1" };
  const httpSource = {
    "connector.class": "http-source",
    url: `${http}/\${offset}`,
    "topic.name.pattern": "h",
    "max.retries": "1",
    "retry.backoff.ms": "1",
  };
  const registry = {
    "value.converter": "avro",
    "value.converter.schema.registry.url": http,
    "value.converter.basic.auth.credentials.source": "USER_INFO",
    "value.converter.basic.auth.user.info": "S",
  };
  return {
    postgres: {
      "connector.class": "postgres",
      "database.hostname": "127.0.0.1",
      "database.port": String(port),
      "database.user": "u",
      "database.dbname": "d",
      "database.password": "S",
      "topic.prefix": "p",
    },
    mariadb: {
      "connector.class": "mariadb",
      "database.hostname": "127.0.0.1",
      "database.port": String(port),
      "database.user": "u",
      "database.password": "S",
      "topic.prefix": "m",
    },
    "jdbc-sink": {
      ...sink,
      "connector.class": "jdbc-sink",
      "connection.url": `jdbc:postgresql://127.0.0.1:${port}/d?user=u&options=S`,
      "connection.password": "S",
    },
    "jdbc-sink-maria": {
      ...sink,
      "connector.class": "jdbc-sink",
      "connection.url": `jdbc:mariadb://127.0.0.1:${port}/d`,
      "connection.user": "u",
      "connection.password": "S",
    },
    "jdbc-source": {
      "connector.class": "jdbc-source",
      "connection.url": `jdbc:postgresql://127.0.0.1:${port}/d?user=u`,
      "connection.password": "S",
      "topic.prefix": "j",
    },
    "jdbc-sqlite": { "connector.class": "jdbc-source", "connection.url": "jdbc:sqlite:/nowhere/S", "topic.prefix": "j" },
    "s3-sink": {
      ...sink,
      "connector.class": "s3-sink",
      "format.class": "json",
      "flush.size": "1",
      "s3.bucket.name": "b",
      "store.url": http,
      "aws.access.key.id": "i",
      "aws.secret.access.key": "S",
    },
    "hdfs-sink": {
      ...sink,
      "connector.class": "hdfs-sink",
      "format.class": "json",
      "flush.size": "1",
      "hdfs.url": http,
      "ottla.hdfs.delegation.token": "S",
    },
    "redis-sink": { ...sink, "connector.class": "redis-sink", "redis.uri": `redis://127.0.0.1:${port}`, "redis.password": "S" },
    "redis-source": {
      "connector.class": "redis-stream-source",
      "redis.uri": `redis://127.0.0.1:${port}`,
      "redis.password": "S",
      "redis.stream.name": "s",
    },
    "mqtt-sink": {
      ...sink,
      "connector.class": "mqtt-sink",
      "mqtt.server.uri": `tcp://127.0.0.1:${port}`,
      "mqtt.username": "u",
      "mqtt.password": "S",
      "mqtt.ssl.key.password": "S",
    },
    "mqtt-source": {
      "connector.class": "mqtt-source",
      "mqtt.server.uri": `tcp://127.0.0.1:${port}`,
      "mqtt.topics": "t",
      "mqtt.username": "u",
      "mqtt.password": "S",
      "mqtt.ssl.key.password": "S",
    },
    "http-basic": { ...httpSink, "http.authorization.type": "basic", "connection.user": "u", "connection.password": "S" },
    "http-bearer": { ...httpSink, "http.authorization.type": "bearer", "http.headers.authorization": "S" },
    "http-static": { ...httpSource, "http.authorization.type": "static", "http.headers.authorization": "S" },
    "http-oauth": {
      ...httpSource,
      "http.authorization.type": "oauth2",
      "oauth2.access.token.url": `${http}/token`,
      "oauth2.client.id": "c",
      "oauth2.client.secret": "S",
    },
    "http-oauth-form": {
      ...httpSource,
      "http.authorization.type": "oauth2",
      "oauth2.access.token.url": `${http}/token`,
      "oauth2.client.id": "c",
      "oauth2.client.secret": "S",
      "oauth2.client.authorization.mode": "URL",
    },
    elasticsearch: {
      ...sink,
      "connector.class": "elasticsearch-sink",
      "connection.url": http,
      "connection.username": "u",
      "connection.password": "S",
      "read.timeout.ms": "2000",
    },
    "elasticsearch-key": { ...sink, "connector.class": "elasticsearch-sink", "connection.url": http, "ottla.api.key": "S" },
    "mongodb-source": {
      "connector.class": "mongodb-source",
      "connection.uri": `mongodb://u:S@127.0.0.1:${port}/?serverSelectionTimeoutMS=300`,
    },
    "mongodb-sink": {
      ...sink,
      "connector.class": "mongodb-sink",
      "connection.uri": `mongodb://u:S@127.0.0.1:${port}/?serverSelectionTimeoutMS=300`,
      database: "d",
    },
    "registry-sink": { ...sink, ...registry, "connector.class": "file-sink", file: join(FOLDER, "out.txt") },
    "registry-source": { ...registry, "connector.class": "datagen", "kafka.topic": "r", iterations: "1" },
    "of-a-provider": { "connector.class": "FileStreamSource", file: "/nowhere/S", topic: "f" },
    "client-settings": {
      ...sink,
      "connector.class": "file-sink",
      file: join(FOLDER, "out2.txt"),
      "consumer.override.sasl.jaas.config": 'org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="S";',
      "consumer.override.security.protocol": "SASL_PLAINTEXT",
      "consumer.override.sasl.mechanism": "PLAIN",
    },
    "telling-source": { "connector.class": "telling-source", token: "S", plain: "x" },
    "telling-sink": { ...sink, "connector.class": "telling-sink", credential: "S" },
  };
}

/** Their libraries wait for ten seconds and more. All of them: `OTTLA_TEST_SLOW_SECRETS=1`. */
const SLOW: ReadonlySet<string> = new Set(
  process.env["OTTLA_TEST_SLOW_SECRETS"] === undefined ? ["mariadb", "jdbc-sink-maria", "mongodb-source", "mongodb-sink"] : [],
);

/** Plugins that say in every way what they were given. */
const telling = [
  defineSource({
    name: "telling-source",
    version: "1",
    config: { token: secret(), plain: str().optional() },
    check: async ({ token }, { log }) => {
      log.warn(`checked with ${token}`, { token, nested: { token: [token] }, error: new Error(token) });
      return [{ severity: "warning", message: `the token ${token} is weak` }];
    },
    split: async ({ token }, _max, { log }) => {
      log.debug(`split with ${encodeURIComponent(token)}`);
      return [{ part: 1 }];
    },
    async *read({ token }, { log }) {
      for (const level of ["debug", "info", "warn", "error"] as const) log[level](`read with ${token}`, { token });
      for (const user of ["", "u:", "uv:", "uvw:"])
        for (const form of ["base64", "base64url"] as const) log.warn(`Basic ${Buffer.from(user + token).toString(form)} was refused`);
      yield { topic: "told", value: 1, partition: { a: 1 }, offset: { b: 1 } };
      throw new Error(`cannot read with ${token}`, { cause: new Error(JSON.stringify({ token })) });
    },
  }),
  defineSink({
    name: "telling-sink",
    version: "1",
    config: { credential: secret() },
    open: async ({ credential }, { log }) => {
      log.info(`opened with ${credential}`);
      return {
        write: (records) => {
          throw new Error(`cannot write ${records.length} with ${credential}`);
        },
      };
    },
  }),
];

describe("secrets of connectors are said nowhere", () => {
  let kafka: Kafka;
  let server: Server;
  before(async () => {
    kafka = await startKafka({ topics: { in: 1 } });
    writeFileSync(join(FOLDER, "secrets.properties"), `key=${MARK}+of/file\n`);
    writeFileSync(join(FOLDER, "secret.txt"), `${MARK} of dir\n`);
    server = tellingServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    await kafka
      .client()
      .producer()
      .send([{ topic: "in", key: "k", value: '{"a":1}' }]);
  });
  after(async () => {
    server.close();
    await kafka.stop();
    rmSync(FOLDER, { recursive: true });
  });

  async function started(groupId: string, said: string[]): Promise<ConnectWorker> {
    const log = (message: string, fields?: object): void => void said.push(`${message} ${inspected(fields)}`);
    const loggers = new ConnectLoggers({ error: log, warn: log, info: log, debug: log }, systemClock);
    loggers.set("root", "TRACE");
    return startWorker({
      client: kafka.client(),
      catalogue: new PluginCatalogue([...builtinPlugins, ...telling.map(loadedEntry)]),
      properties: {
        "group.id": groupId,
        "config.storage.topic": `${groupId}-configs`,
        "offset.storage.topic": `${groupId}-offsets`,
        "status.storage.topic": `${groupId}-status`,
        "offset.flush.interval.ms": "100",
        "task.shutdown.graceful.timeout.ms": "100",
      },
      workerId: "w:1",
      environment: ENVIRONMENT,
      disk: nodeDisk,
      clock: systemClock,
      logger: loggers,
    });
  }

  for (const [how, secretOf] of [
    ["from a provider", (at: number) => REFERENCES[at % REFERENCES.length] ?? ""],
    ["in the config", (at: number) => `${MARK}-literal-${at}`],
  ] as const)
    test(`${how}: answers, states, logs, dead letters, previews and topics have none`, async () => {
      const said: string[] = [];
      const group = `g${how.length}`;
      const worker = await started(group, said);
      const { port } = server.address() as AddressInfo;
      const api = connectApi({ worker });
      const ask = async (method: string, path: string, body?: object): Promise<string> => {
        const answer = await api.request(path, {
          method,
          ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
        });
        const text = await answer.text();
        said.push(`${method} ${path} ${answer.status} ${text}`);
        return text;
      };
      const isProvided = how === "from a provider";
      const given = Object.entries(connectors(port, `${group}-dead`))
        // A file's name is no secret unless a provider gives it.
        .filter(([name]) => (isProvided || name !== "of-a-provider") && !SLOW.has(name))
        .map(
          ([name, settings], at) =>
            [
              `${group}-${name}`,
              Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, value.replaceAll(/\bS\b/g, () => secretOf(at))])),
            ] as const,
        );
      try {
        await Promise.all(
          given.map(async ([name, config]) => {
            await ask("PUT", `/connector-plugins/${config["connector.class"]}/config/validate`, { name, ...config });
            await ask("PUT", `/connectors/${name}/config`, config);
          }),
        );
        // What a dry run refuses runs all the same: a server that is not there today was there yesterday.
        await kafka
          .client()
          .producer()
          .send(
            given.map(([name, config]) => ({
              topic: `${group}-configs`,
              key: `connector-${name}`,
              value: JSON.stringify({ properties: { ...config, name } }),
            })),
          );
        const isTold = (name: string): boolean => {
          const task = worker.statuses.get({ connector: name, task: 0 });
          const own = worker.statuses.get({ connector: name });
          return task?.trace !== undefined || own?.trace !== undefined || said.some((line) => line.includes(`"connector":"${name}"`));
        };
        const silent = (): string => given.flatMap(([name]) => (isTold(name) ? [] : [name])).join();
        // Who waits quietly for a server, or works, says nothing.
        const quiet = new Set([`${group}-client-settings`, `${group}-of-a-provider`]);
        await kafka.until("each says something of what is wrong", () => given.every(([name]) => quiet.has(name) || isTold(name)), {
          seen: silent,
          withinMs: 60_000,
        });
        await kafka.until(
          "dead letters are there",
          async () =>
            (
              await kafka
                .topic(`${group}-dead`)
                .records()
                .catch(() => [])
            ).length > 0,
          { withinMs: 60_000 },
        );
        for (const [name, config] of given) {
          for (const path of ["", "/config", "/status", "/tasks", "/offsets", "/topics", "/tasks/0/status"])
            await ask("GET", `/connectors/${name}${path}`);
          if (["http-static", "telling-source", "postgres"].some((each) => name === `${group}-${each}`))
            await ask("PUT", "/ottla/preview?limit=1", config);
        }
        for (const path of ["/connectors?expand=info&expand=status", "/ottla/logs", "/metrics", "/admin/loggers"]) await ask("GET", path);
      } finally {
        await worker.stop();
      }
      for (const topic of [`${group}-status`, `${group}-offsets`, `${group}-dead`, ...(isProvided ? [`${group}-configs`] : [])])
        for (const record of await kafka.topic(topic).records()) {
          const headers = Object.entries(record.headers ?? {}).map(([key, value]) => `${key}=${String(value)}`);
          said.push(`${topic}: ${String(record.key)} ${String(record.value)} ${headers.join(" ")}`);
        }
      const forms = [MARK, encodeURIComponent(MARK), ...["", "x", "xy"].map((before) => middleOfBase64(before + MARK, before.length))];
      const told = said.filter((line) => forms.some((form) => line.includes(form)));
      assert.deepEqual(told.map((line) => around(line)).slice(0, 10), [], `${told.length} of ${said.length}`);
      // It can fail: the servers did tell, and what they told is there without it.
      assert.ok(said.some((line) => line.includes("[hidden]") && /you said|password \[hidden\]|cannot read with \[hidden\]/.test(line)));
      assert.ok(said.length > 100);
    });
});

/** The base64 of a text, without what of it depends on what stands beside. */
function middleOfBase64(text: string, before: number): string {
  return Buffer.from(text)
    .toString("base64")
    .slice(before === 0 ? 0 : 4, Math.floor(Buffer.byteLength(text) / 3) * 4);
}

/** All that an inspector of errors would show. */
function inspected(fields: object | undefined): string {
  return JSON.stringify(fields ?? {}, (_key, value: unknown) =>
    value instanceof Error
      ? { message: value.message, stack: value.stack, cause: value.cause }
      : typeof value === "bigint"
        ? String(value)
        : value,
  );
}

function around(line: string): string {
  const at = line.indexOf(MARK);
  return `${line.slice(0, 120)} … ${line.slice(Math.max(0, at - 80), at + 40)}`;
}
