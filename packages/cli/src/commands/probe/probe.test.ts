import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CommandLineFixture, runWords } from "../../testing/command-line-fixture.ts";

let ottla: CommandLineFixture;
const folder = mkdtempSync(join(tmpdir(), "ottla-probe-"));
before(async () => {
  ottla = await CommandLineFixture.start();
  await ottla.run(["topics", "create", "health"]);
});
after(async () => {
  rmSync(folder, { recursive: true });
  await ottla.stop();
});

interface Step {
  readonly rung: string;
  readonly state: string;
  readonly detail: string;
  readonly remedy?: string;
}

async function steps(...words: readonly string[]): Promise<{ readonly status: unknown; readonly steps: readonly Step[] }> {
  const { status, stdout } = await runWords(["probe", ...words, "--json"]);
  return { status, steps: (JSON.parse(stdout) as { steps: Step[] }).steps };
}

const states = (list: readonly Step[]) => list.map(({ rung, state }) => `${rung} ${state}`);

/** A server that does to each connection what it is told. */
async function serve(onBytes: (bytes: Buffer) => Buffer | undefined): Promise<{ readonly address: string; readonly server: Server }> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      const answer = onBytes(bytes);
      if (answer) socket.write(answer);
      else socket.destroy();
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return { server, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("a broker that is well: every step to a record that comes back", async () => {
  const { status, steps: all } = await steps(ottla.broker.bootstrap, "--topic", "health");
  assert.equal(status, 0);
  assert.deepEqual(states(all), [
    "dns ok",
    "tcp ok",
    "tls skipped",
    "sasl skipped",
    "kafka ok",
    "metadata ok",
    "advertised ok",
    "produce ok",
    "consume ok",
  ]);
  const text = await runWords(["probe", ottla.broker.bootstrap]);
  assert.match(
    text.stdout,
    /\nok {6}advertised {2}broker 1, 127\.0\.0\.1:\d+: reached.*\n- {5} {2}produce .*\nEverything was reached\.\n$/s,
  );
});

test("a name that nobody knows, and a port at which nobody listens", async () => {
  const unknown = await steps("no-such-host.invalid:9092");
  assert.deepEqual([unknown.status, states(unknown.steps).slice(0, 2)], [1, ["dns failed", "tcp notReached"]]);
  const { server, address } = await serve(() => undefined);
  await new Promise((resolve) => server.close(resolve));
  const refused = await steps(address);
  assert.deepEqual(states(refused.steps).slice(0, 3), ["dns ok", "tcp failed", "tls notReached"]);
  assert.match(refused.steps[1]!.remedy!, /Nothing listens on port/);
});

test("what is no Kafka, and what hangs up", async () => {
  for (const answer of [Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"), undefined]) {
    const { server, address } = await serve(() => answer);
    const { status, steps: all } = await steps(address, "--timeout-ms", "400");
    server.close();
    assert.equal(status, 1);
    const broken = all.find(({ state }) => state === "failed")!;
    assert.equal(broken.rung, "kafka", JSON.stringify(all));
    assert.ok(broken.remedy);
  }
});

test("TLS at a plain listener, and a login at one that has none", async () => {
  const config = join(folder, "client.properties");
  writeFileSync(config, "security.protocol=SSL\n");
  const tls = await steps(ottla.broker.bootstrap, "--command-config", config, "--timeout-ms", "600");
  assert.equal(tls.steps.find(({ state }) => state === "failed")?.rung, "tls", JSON.stringify(tls.steps));
  writeFileSync(
    config,
    'security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password="b";\n',
  );
  const sasl = await steps(ottla.broker.bootstrap, "--command-config", config, "--timeout-ms", "600");
  assert.equal(sasl.steps.find(({ state }) => state === "failed")?.rung, "sasl", JSON.stringify(sasl.steps));
});

test("a topic that is not there breaks at the record", async () => {
  const { steps: all } = await steps(ottla.broker.bootstrap, "--topic", "no such topic", "--timeout-ms", "400");
  assert.deepEqual(states(all).slice(-2), ["produce failed", "consume notReached"]);
});

test("nonsense is refused", async () => {
  for (const address of ["kafka", "kafka:0", "kafka:70000", ":9092"]) assert.equal((await runWords(["probe", address])).status, 2, address);
});
