import { runJavaTool } from "@ottla/conformance/kafka/java-tool";
import { Comparison } from "../../measure/comparison.ts";
import { runScramLogins, startProduceProbe } from "../../wire/processes.ts";
import { alternate, withCpuOf } from "../pair.ts";
import { type BenchOptions, names } from "../part.ts";
import { createTopic } from "../perf-tools.ts";
import type { SecuredCluster } from "./secured-clusters.ts";

const USER = "alice";
const PASSWORD = "alice-secret";
const TOPIC = "beside-logins";
const SETTLE_MS = 1500;

interface Kind {
  readonly name: string;
  readonly isEncrypted: boolean;
  readonly isRight: boolean;
  readonly perSecond?: number;
  readonly connections: number;
}

/** Failed logins are slowed down by both brokers (100 ms each): so many at once keep them coming. */
const kinds: readonly Kind[] = [
  { name: "logins, SASL_PLAINTEXT", isEncrypted: false, isRight: true, connections: 16 },
  { name: "logins, SASL_SSL", isEncrypted: true, isRight: true, connections: 16 },
  { name: "logins, 300 a second, SASL_PLAINTEXT", isEncrypted: false, isRight: true, connections: 32, perSecond: 300 },
  { name: "logins, failing, SASL_PLAINTEXT", isEncrypted: false, isRight: false, connections: 100 },
];

/** How many logins a second there are, and what they do to a producer on another connection. */
export async function measureScramLogins(options: BenchOptions, clusters: readonly SecuredCluster[]): Promise<string> {
  const chosen = kinds.filter(({ name }) => names(options, name));
  if (chosen.length === 0) return "";
  const comparison = new Comparison();
  for (const { plain } of clusters) {
    await createTopic(plain, TOPIC, 1);
    const add = ["--entity-type", "users", "--entity-name", USER, "--alter", "--add-config", `SCRAM-SHA-256=[password=${PASSWORD}]`];
    const made = await runJavaTool("configs", ["--bootstrap-server", plain, ...add], { timeoutMs: 60_000 });
    if (made.status !== 0) throw new Error(`kafka-configs did not make the user: ${made.stdout}${made.stderr}`.slice(0, 800));
  }
  const seconds = options.quick ? 1 : 6;
  await alternate(options, async (contestant) => {
    const { cluster, plain, saslPlaintext, saslSsl, caFile } = clusters.find((each) => each.cluster.kind === contestant)!;
    const probe = await startProduceProbe(plain, TOPIC);
    try {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      await probe.look();
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      const quiet = await probe.look();
      comparison.add("another's produce without logins, p99 ms", contestant, quiet.p99Ms);
      for (const { name, isEncrypted, isRight, perSecond, connections } of chosen) {
        const port = Number((isEncrypted ? saslSsl : saslPlaintext).split(":")[1]);
        const task = { port, ...(isEncrypted && { caFile }), user: USER, password: PASSWORD, isRight, connections, seconds };
        const { result, cpuSeconds } = await withCpuOf(cluster, () =>
          runScramLogins({ ...task, ...(perSecond !== undefined && { perSecond }) }),
        );
        const beside = await probe.look();
        comparison.add(`${name}, a second`, contestant, result.loginsPerSecond);
        comparison.add(`${name}, each p99 ms`, contestant, result.p99Ms);
        comparison.add(`${name}, broker CPU ms each`, contestant, (cpuSeconds * 1000) / (result.loginsPerSecond * seconds));
        comparison.add(`${name}: another's produce beside them, p50 ms`, contestant, beside.p50Ms);
        comparison.add(`${name}: another's produce beside them, p99 ms`, contestant, beside.p99Ms);
      }
    } finally {
      await probe.stop();
    }
  });
  return `SCRAM-SHA-256 logins, each over a connection of its own, from one process that saw the password salted once; a producer of 1 KB records on another connection beside them:\n\n${comparison.toMarkdown(["ottla", "kafka"])}`;
}
