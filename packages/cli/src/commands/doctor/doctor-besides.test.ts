import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";

interface Report {
  readonly findings: readonly { readonly rule: string; readonly subject: string; readonly evidence: string }[];
  readonly notChecked: readonly { readonly subject: string; readonly reason: string }[];
}

const folder = mkdtempSync(join(tmpdir(), "ottla-besides-"));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
let ottla: CommandLineFixture;
let exporter: Server;
before(async () => {
  ottla = await CommandLineFixture.start();
  exporter = createServer((request, response) => {
    const isPage = request.url === "/metrics" && request.headers.authorization === `Basic ${Buffer.from("me:tulip-42").toString("base64")}`;
    response.writeHead(isPage ? 200 : 404).end("kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent 0.05\n");
  });
  await new Promise<void>((resolve) => exporter.listen(0, "127.0.0.1", resolve));
  await ottla.run(["topics", "create", "clicks", "--config", "compression.type=zstd"]);
  const lines = Array.from({ length: 20 }, (_, i) => `${1_764_000_000_000 + i}\t{"page":${i}}\n`).join("");
  await ottla.run(["produce", "clicks", "--key-separator", "\t"], { stdin: lines });
});
after(async () => {
  exporter.close();
  await ottla.stop();
  rmSync(folder, { recursive: true });
});

async function look(...words: readonly string[]): Promise<Report> {
  const { stdout, stderr } = await ottla.run(["doctor", "--profile", "prod", "--json", ...words]);
  assert.notEqual(stdout, "", stderr);
  return JSON.parse(stdout) as Report;
}

test("records are looked at where that is asked for: keys that are times, batches in another codec than the topic's", async () => {
  const { findings } = await look("--sample", "--only", "TOP-28,TOP-19,TOP-15");
  assert.deepEqual(
    findings.map(({ rule, subject, evidence }) => [rule, subject, evidence]),
    [["TOP-28", "topic clicks", "clicks: of 20 newest records 20 have a time as key, 20 a number that counts up"]],
  );
  const without = await look("--only", "TOP-28");
  assert.deepEqual([without.findings.length, without.notChecked.map(({ subject }) => subject)], [0, ["TOP-28"]]);
});

test("pages of metrics are read, by address and from files; one that cannot be read is told without its login", async () => {
  const streams = file("streams.prom", 'kafka_streams_stream_metrics_failed_stream_threads{client_id="orders-1"} 1\n');
  const address = `127.0.0.1:${(exporter.address() as AddressInfo).port}`;
  const { findings, notChecked } = await look(
    ...["--metrics", `http://me:tulip-42@${address}`, "--metrics", streams, "--metrics", `http://me:tulip-43@${address}`],
    ...["--metrics", file("empty.prom", "up 1\n"), "--only", "CLU-11,STR"],
  );
  assert.deepEqual(findings.map(({ rule, subject }) => `${rule} ${subject}`).sort(), [
    "CLU-11 broker 1",
    "STR-17 streams application orders-1",
  ]);
  const told = JSON.stringify(notChecked);
  assert.doesNotMatch(told, /tulip/);
  assert.match(told, /"metrics of 127\.0\.0\.1:\d+".*has no page of metrics there: status 404/);
  assert.match(told, /"metrics of empty\.prom".*no metric of a broker, a client or a Streams application/);
});

test("max.poll.interval.ms is the one that an application's files declare, by client.id or group, else the threshold's", async () => {
  const page = file("consumers.prom", 'kafka_consumer_consumer_metrics_time_between_poll_max{client_id="billing-0"} 40000\n');
  const applications = join(folder, "applications");
  mkdirSync(join(applications, "billing"), { recursive: true });
  const settings = join(applications, "billing", "consumer.properties");
  const told = async (text: string): Promise<readonly string[]> => {
    writeFileSync(settings, text);
    const { findings } = await look("--metrics", page, "--applications", applications, "--only", "CNS-08");
    return findings.map(({ subject, evidence }) => `${subject}: ${evidence.replace(/^.*; /, "").replace(folder, "")}`);
  };
  const consumer = "bootstrap.servers=kafka:9092\nkey.deserializer=x\nclient.id=billing\ngroup.id=billing\n";
  assert.deepEqual(await told(consumer), []);
  assert.deepEqual(await told(`${consumer}max.poll.interval.ms=60000\n`), [
    "client billing-0: max.poll.interval.ms 60000, as /applications/billing/consumer.properties declares",
  ]);
  assert.deepEqual(await told(`${consumer}max.poll.interval.ms=\${interval}\n`), []);
  assert.equal((await ottla.run(["doctor", "--applications", join(folder, "nowhere")])).status, 2);
});

test("the authorizer's log and an inventory of credentials are read; what cannot be read is wrong usage", async () => {
  const inventory = file("credentials.csv", "User:billing,SCRAM-SHA-512,2020-03-01\n");
  const { findings } = await look("--credentials", inventory, "--only", "SEC-13");
  assert.deepEqual(
    findings.map(({ rule }) => rule),
    ["SEC-13"],
  );
  const noLog = await look("--authorizer-log", inventory, "--only", "SEC-08");
  assert.match(JSON.stringify(noLog.notChecked), /is one of an authorizer/);
  for (const words of [
    ["--credentials", file("bad.csv", "billing\n")],
    ["--credentials", join(folder, "none.csv")],
    ["--authorizer-log", join(folder, "none.log")],
    ["--metrics", "http://"],
  ])
    assert.equal((await ottla.run(["doctor", ...words])).status, 2, words.join(" "));
});
