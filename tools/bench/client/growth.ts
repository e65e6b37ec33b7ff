import { fileURLToPath } from "node:url";
import { FlakyProxy } from "@ottla/conformance/crash/flaky-proxy";
import { runCommand } from "@ottla/conformance/process/child";
import { findFreePorts } from "@ottla/conformance/process/free-port";
import { startCluster } from "@ottla/conformance/target";
import { formatNumber } from "../measure/statistics.ts";
import { makeTopic } from "./fill-topic.ts";

const MEBIBYTE = 2 ** 20;
const CUT_EVERY_MS = 3000;
/** Of the samples the first are for warming up. */
const WARM_UP_SHARE = 0.3;
/** As Node comes, and with a young generation that is soon as large as it gets: what grows in the first and not in the second is V8's. */
const programs = [
  { name: "as Node comes", flags: [] },
  { name: "with --max-semi-space-size=2", flags: ["--max-semi-space-size=2"] },
] as const;
const program = fileURLToPath(new URL("growth-process.ts", import.meta.url));

interface MemorySample {
  readonly minute: number;
  readonly residentBytes: number;
  readonly heapPagesBytes: number;
  readonly heldBytes: number;
  readonly produced: number;
  readonly consumed: number;
  readonly reconnects: number;
}

/** On our broker: two of ours produce, consume and reconnect for `minutes`, all their connections being cut every three seconds; the Markdown says how their memory grows. */
export async function runGrowth(minutes: number): Promise<string> {
  const proxy = await FlakyProxy.open();
  const config = {
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${proxy.port}`,
    "group.initial.rebalance.delay.ms": "0",
    "offsets.topic.num.partitions": "1",
    "log.retention.bytes": "50000000",
    "log.segment.bytes": "10000000",
  };
  const [port = 0] = await findFreePorts(1);
  proxy.leadTo(port);
  const cluster = await startCluster("ottla", { production: true, config, port });
  const cutting = setInterval(() => proxy.reset(() => true), CUT_EVERY_MS);
  try {
    const bootstrap = `127.0.0.1:${proxy.port}`;
    await makeTopic(bootstrap, "growth");
    const described = programs.map(async ({ name, flags }) => {
      const args = ["--expose-gc", "--conditions=source", "--no-warnings", ...flags, program, bootstrap, "growth", String(minutes)];
      const finished = await runCommand(process.execPath, args, { timeoutMs: (minutes + 3) * 60_000 });
      if (finished.status !== 0) throw new Error(`growth-process.ts failed (${finished.status}): ${finished.stderr.slice(-800)}`);
      const lines = finished.stdout.trim().split("\n");
      return describe(
        name,
        lines.map((line) => JSON.parse(line) as MemorySample),
      );
    });
    return (await Promise.all(described)).join("\n\n");
  } finally {
    clearInterval(cutting);
    proxy.close();
    await cluster.stop();
  }
}

function describe(program: string, samples: readonly MemorySample[]): string {
  const last = samples.at(-1)!;
  const warm = samples.slice(Math.floor(samples.length * WARM_UP_SHARE));
  const row = (name: string, of: (sample: MemorySample) => number): string =>
    `| ${name} | ${formatNumber(of(warm[0]!) / MEBIBYTE)} | ${formatNumber(of(last) / MEBIBYTE)} | ${formatNumber(perHour(warm, of) / MEBIBYTE)} |`;
  return [
    `A client ${program}: ${formatNumber(last.minute)} minutes, of which the first ${WARM_UP_SHARE * 100} % are not counted: ${last.produced} records of 1 KB produced, ${last.consumed} consumed, ${last.reconnects} clients that came and went, all connections cut every ${CUT_EVERY_MS / 1000} s.`,
    [
      "| memory, after a collection | at the beginning, MiB | at the end, MiB | growth, MiB/h |",
      "| --- | --- | --- | --- |",
      row("resident", ({ residentBytes }) => residentBytes),
      row("of that V8's pages", ({ heapPagesBytes }) => heapPagesBytes),
      row("the rest", ({ residentBytes, heapPagesBytes }) => residentBytes - heapPagesBytes),
      row("held by JavaScript, buffers included", ({ heldBytes }) => heldBytes),
    ].join("\n"),
  ].join("\n\n");
}

/** The slope of a straight line through the samples. */
function perHour(samples: readonly MemorySample[], of: (sample: MemorySample) => number): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const minuteMean = mean(samples.map(({ minute }) => minute));
  const valueMean = mean(samples.map(of));
  let above = 0;
  let below = 0;
  for (const sample of samples) {
    above += (sample.minute - minuteMean) * (of(sample) - valueMean);
    below += (sample.minute - minuteMean) ** 2;
  }
  return (above / below) * 60;
}
