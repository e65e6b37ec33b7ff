import { existsSync, globSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { cacheRoot, nodeBinary } from "../paths.ts";
import { runCommand } from "../process/child.ts";
import { requireHeader, requireProgram } from "../process/system-package.ts";

const PACKAGE = "@confluentinc/kafka-javascript";
const VERSION = "1.10.1";

/** As its makers build it, for measurements; or unoptimised, in a third of the time, for tests. */
export type ConfluentBuild = "optimised" | "unoptimised";

const FLAGS: Readonly<Record<ConfluentBuild, string>> = { optimised: "", unoptimised: "-O0 -g0 -w" };

const folderOf = (build: ConfluentBuild): string =>
  `${cacheRoot}/confluent-kafka-javascript-${VERSION}${build === "optimised" ? "" : `-${build}`}`;

/** The parts of @confluentinc/kafka-javascript's promise API that the tests use. */
export interface ConfluentProducer {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  transaction(): Promise<ConfluentTransaction>;
}

export interface ConfluentTransaction {
  send(record: {
    readonly topic: string;
    readonly messages: readonly { readonly value: string; readonly partition: number }[];
  }): Promise<unknown>;
  sendOffsets(offsets: {
    readonly consumer: ConfluentConsumer;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
    }[];
  }): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

export interface ConfluentMessage {
  readonly partition: number;
  readonly message: { readonly offset: string; readonly value: Buffer | null };
}

export interface ConfluentConsumer {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  subscribe(topics: { readonly topics: readonly string[] }): Promise<void>;
  run(handler: { eachMessage(message: ConfluentMessage): Promise<void> }): Promise<void>;
}

export interface ConfluentAdmin {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  createTopics(options: { readonly topics: readonly { readonly topic: string; readonly numPartitions: number }[] }): Promise<boolean>;
  fetchOffsets(options: {
    readonly groupId: string;
    readonly topics: readonly string[];
  }): Promise<readonly { readonly partitions: readonly { readonly offset: string }[] }[]>;
}

export interface ConfluentKafka {
  producer(config: Readonly<Record<string, unknown>>): ConfluentProducer;
  consumer(config: Readonly<Record<string, unknown>>): ConfluentConsumer;
  admin(config?: Readonly<Record<string, unknown>>): ConfluentAdmin;
}

interface ConfluentModule {
  readonly KafkaJS: { readonly Kafka: new (config: Readonly<Record<string, unknown>>) => ConfluentKafka };
}

/** Where the headers of the tests' own Node lie, which an addon for it is built with; they come with its npm package. */
function nodeFolder(): string {
  const root = dirname(dirname(nodeBinary));
  const candidates = [root, ...globSync(`${root}/node_modules/node-*`)];
  return candidates.find((candidate) => existsSync(`${candidate}/include/node/node_api.h`)) ?? root;
}

/**
 * Builds the package (native; its prebuilt binaries do not come through npm) against the system's libraries, once, into `.cache`. Returns the sentence why it cannot
 * be had, or undefined.
 */
export async function installConfluent(build: ConfluentBuild): Promise<string | undefined> {
  const folder = folderOf(build);
  if (existsSync(`${folder}/complete`)) return undefined;
  try {
    for (const program of ["gcc", "g++", "make", "python3"]) await requireProgram(program, "gcc g++ make python3");
    await requireHeader("openssl/ssl.h", "libssl-dev zlib1g-dev libzstd-dev libsasl2-dev");
    await requireHeader("curl/curl.h", "libcurl4-openssl-dev");
  } catch (error) {
    return (error as Error).message;
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/package.json`, '{ "private": true }\n');
  const result = await runCommand("npm", ["install", "--no-audit", "--no-fund", "--foreground-scripts", `${PACKAGE}@${VERSION}`], {
    cwd: folder,
    timeoutMs: 1_200_000,
    env: {
      CKJS_LINKING: "dynamic",
      CFLAGS: FLAGS[build],
      CXXFLAGS: FLAGS[build],
      npm_config_nodedir: nodeFolder(),
      PATH: `${dirname(nodeBinary)}:${process.env["PATH"] ?? ""}`,
    },
  });
  if (result.status !== 0) return `${PACKAGE} ${VERSION} could not be built here: ${(result.stdout + result.stderr).trim().slice(-300)}`;
  writeFileSync(`${folder}/complete`, "");
  return undefined;
}

/** The module, seen as far as the caller needs it, once {@link installConfluent} of that build has been through. */
export function loadConfluent<Module>(build: ConfluentBuild): Module {
  return createRequire(`${folderOf(build)}/package.json`)(PACKAGE) as Module;
}

/** A client of the cluster under test, once {@link installConfluent} of the unoptimised build has been through. */
export function makeConfluent(bootstrap: string): ConfluentKafka {
  const { KafkaJS } = loadConfluent<ConfluentModule>("unoptimised");
  return new KafkaJS.Kafka({ "bootstrap.servers": bootstrap, "client.id": "conformance-confluent", log_level: 0 });
}
