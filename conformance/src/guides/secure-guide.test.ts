// docs/guides/security.md: its files are written and its commands run, in their order, while a producer writes, with Ottla as the broker and with Apache Kafka; its programs are compiled.
import assert from "node:assert/strict";
import { appendFileSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { after, describe, test } from "node:test";
import { type Client, createClient } from "@ottla/client";
import type { ClusterKind } from "../cluster.ts";
import { type JavaTool, javaTools, runJavaTool, startJavaTool } from "../kafka/java-tool.ts";
import { ottlaCommand } from "../ottla/broker.ts";
import { nodeBinary, repositoryRoot } from "../paths.ts";
import { type Child, runCommand, startChild } from "../process/child.ts";
import { findFreePorts } from "../process/free-port.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../process/temporary-folder.ts";
import { waitUntil } from "../process/wait-until.ts";

const text = readFileSync(`${repositoryRoot}docs/guides/security.md`, "utf8");

/** One thing that the guide says to do. */
type Step =
  | { readonly kind: "file"; readonly name: string; readonly content: string; readonly isKafkasEnd: boolean }
  | { readonly kind: "command"; readonly command: string; readonly expected: readonly string[]; readonly status: number };

function steps(): Step[] {
  const found: Step[] = [];
  for (const [, language, body = ""] of text.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)) {
    const [first = "", ...rest] = body.trimEnd().split("\n");
    if (language === "properties") {
      const [name = "", isKafkasEnd] = first.slice(2).split(", on Apache Kafka ");
      found.push({ kind: "file", name, content: `${rest.join("\n")}\n`, isKafkasEnd: isKafkasEnd !== undefined });
    }
    if (language !== "sh") continue;
    for (const [, command = "", remarks = ""] of body.matchAll(/^([^#\n].*)\n((?:# .*\n)*)/gm)) {
      const said = remarks
        .split("\n")
        .filter(Boolean)
        .map((remark) => remark.slice(2));
      const status = Number(said.find((remark) => remark.startsWith("status "))?.slice("status ".length) ?? 0);
      found.push({ kind: "command", command, expected: said.filter((remark) => !remark.startsWith("status ")), status });
    }
  }
  return found;
}

for (const kind of ["ottla", "kafka"] as const) describe(`the guide to security, with ${kind} as the broker`, () => followGuide(kind));

/** Programs that start or prepare a broker of one kind, and that whoever has the other passes over. */
function isOfTheOther(kind: ClusterKind, program: string, args: readonly string[]): boolean {
  if (kind === "kafka") return program === "ottla" && args[0] === "broker";
  return program === "kafka-server-start.sh" || program === "kafka-storage.sh";
}

function followGuide(kind: ClusterKind): void {
  const folder = makeTemporaryFolder("secure-guide");
  let broker: Child | undefined;
  /** Ends with the test, also where that fails in the middle. */
  let writer: Client | undefined;
  after(async () => {
    await writer?.close({ timeoutMs: 0 });
    await broker?.stop(10_000);
    removeTemporaryFolder(folder);
  });

  async function startBroker(args: readonly string[], port: number): Promise<void> {
    // The one controller of a quorum cannot hand over.
    await broker?.stop(kind === "kafka" ? 60_000 : 10_000);
    const child =
      kind === "kafka"
        ? await startJavaTool("server-start", args, { cwd: folder })
        : startChild(nodeBinary, [...ottlaCommand, ...args, "--json"], { cwd: folder });
    broker = child;
    const ended = child.exited.then((status) => {
      throw new Error(`The broker ended (${status}): ${child.outputTail()}`);
    });
    ended.catch(() => {});
    await Promise.race([ended, waitUntil("the broker takes connections", () => takesConnections(port), { timeoutMs: 180_000 })]);
  }

  test("its commands do what it says, in their order, and a producer that writes meanwhile loses nothing", async () => {
    const [plain = 0, secure = 0, controller = 0] = await findFreePorts(3);
    const placed = (said: string): string =>
      said.replaceAll(":9092", `:${plain}`).replaceAll(":9093", `:${secure}`).replaceAll(":9094", `:${controller}`);
    writeFileSync(`${folder}/order.txt`, "first order\n");
    const writing = new AbortController();
    const moving = new AbortController();
    let producing: Promise<number> | undefined;
    const env = { ...process.env, OTTLA_BOOTSTRAP_SERVER: `127.0.0.1:${plain}` };
    for (const step of steps()) {
      if (step.kind === "file") {
        if (!step.isKafkasEnd) writeFileSync(`${folder}/${step.name}`, placed(step.content));
        else if (kind === "kafka") appendFileSync(`${folder}/${step.name}`, placed(step.content));
        continue;
      }
      const command = placed(step.command);
      const [piped = "", input] = command.split(" < ");
      const [program = "", ...args] = piped.split(" ");
      if (isOfTheOther(kind, program, args)) continue;
      if (program === "kafka-server-start.sh" || args[0] === "broker") {
        const file = args.at(-1)!;
        // It begins with a cluster of its own.
        if (file === "mtls.properties") assert.ok((await producing!) > 100);
        // The last line of a name counts.
        const listeners =
          readFileSync(`${folder}/${file}`, "utf8")
            .match(/^listeners=.*$/gm)
            ?.at(-1) ?? "";
        await startBroker(args, listeners.includes(`:${plain}`) ? plain : secure);
        continue;
      }
      const options = {
        cwd: folder,
        env,
        timeoutMs: 60_000,
        ...(input !== undefined && { input: readFileSync(`${folder}/${input}`, "utf8") }),
      };
      const tool = /^kafka-(.*)\.sh$/.exec(program)?.[1];
      const { status, stdout, stderr } =
        tool === undefined
          ? await runCommand(nodeBinary, [...ottlaCommand, ...args], options)
          : await runJavaTool(toolNamed(tool), args, options);
      assert.equal(status, step.status, `${command}\n${stdout}${stderr}`.slice(0, 2000));
      for (const expected of step.expected) assert.ok((stdout + stderr).includes(expected), `${command}: ${expected}\n${stdout}${stderr}`);
      if (args[0] === "topics" && args[2] === "orders") producing = produceAlways({ plain, secure }, moving.signal, writing.signal);
      if (args[0] === "produce") moving.abort();
      if (args[0] === "topics" && args[2] === "secrets") writing.abort();
    }
  });

  /** Writes to orders, in plaintext until it moves, and then as shop until it is told to end. Resolves to how many were acknowledged. */
  async function produceAlways(
    ports: { readonly plain: number; readonly secure: number },
    moves: AbortSignal,
    ends: AbortSignal,
  ): Promise<number> {
    const offsets = new Set<number>();
    const writeUntil = async (signal: AbortSignal, client: Client): Promise<void> => {
      writer = client;
      const producer = client.producer();
      while (!signal.aborted) {
        const { offset } = await producer.send({ topic: "orders", partition: 0, value: "order" });
        assert.ok(!offsets.has(offset), `offset ${offset} came twice`);
        offsets.add(offset);
      }
      await client.close();
    };
    await writeUntil(moves, createClient({ bootstrapServers: `127.0.0.1:${ports.plain}` }));
    const sasl = { mechanism: "SCRAM-SHA-512", username: "shop", password: "shop-secret" } as const;
    const tls = { caFile: `${folder}/certs/ca.pem` };
    await writeUntil(ends, createClient({ bootstrapServers: `127.0.0.1:${ports.secure}`, tls, sasl }));
    return offsets.size;
  }
}

/** Whether somebody listens there. */
function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

describe("the guide to security", () => {
  test("its programs compile", async () => {
    const programs = Array.from(text.matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```/gm), ([, name = "", code = ""]) => ({ name, code }));
    assert.deepEqual(
      programs.map(({ name }) => name),
      ["client-credentials.ts", "msk-iam.ts", "event-hubs.ts", "google-cloud.ts"],
    );
    const place = makeTemporaryFolder("guide-programs");
    try {
      for (const { name, code } of programs) writeFileSync(`${place}/${name}`, code);
      // Else it depends on what lies above the temporary folder whether these are modules.
      writeFileSync(`${place}/package.json`, JSON.stringify({ private: true, type: "module" }));
      // As these libraries document themselves.
      writeFileSync(
        `${place}/clouds.d.ts`,
        `declare module "aws-msk-iam-sasl-signer-js" { export function generateAuthToken(options: { region: string }): Promise<{ token: string; expiryTime: number }>; }
declare module "@azure/identity" { export class DefaultAzureCredential { getToken(scopes: string | string[], options?: { abortSignal?: AbortSignal }): Promise<{ token: string; expiresOnTimestamp: number }>; } }
declare module "google-auth-library" { export class GoogleAuth { constructor(options?: { scopes?: string | string[] }); getAccessToken(): Promise<string | null | undefined>; getCredentials(): Promise<{ client_email?: string }>; } }
`,
      );
      writeFileSync(
        `${place}/tsconfig.json`,
        JSON.stringify({
          extends: `${repositoryRoot}tsconfig.base.json`,
          compilerOptions: { noEmit: true, composite: false, incremental: false },
          include: ["*.ts"],
        }),
      );
      symlinkSync(`${repositoryRoot}node_modules`, `${place}/node_modules`);
      const { status, stdout } = await runCommand(nodeBinary, [`${repositoryRoot}node_modules/typescript/bin/tsc`, "-p", place], {
        timeoutMs: 60_000,
      });
      assert.equal(status, 0, stdout);
    } finally {
      removeTemporaryFolder(place);
    }
  });
});

function toolNamed(name: string): JavaTool {
  assert.ok(Object.hasOwn(javaTools, name), `${name} is among Kafka's tools here`);
  return name as JavaTool;
}
