// npm run test:examples [-- --target kafka|ottla --brokers 1|3 --only fraud --kills 2]: the three systems of examples/streams on a cluster, exactly once, their application killed in the middle: every result is compared with what is known.
import { parseArgs } from "node:util";
import { check } from "../../examples/streams/live/check.ts";
import { examples } from "../../examples/streams/live/examples.ts";
import { Cluster } from "../../examples/streams/live/world.ts";
import { startCluster } from "./target.ts";

const { values } = parseArgs({
  options: {
    target: { type: "string", default: "kafka" },
    brokers: { type: "string", default: "1" },
    only: { type: "string", default: Object.keys(examples).join(",") },
    kills: { type: "string", default: "2" },
  },
});
if (values.target !== "ottla" && values.target !== "kafka") throw new Error(`--target is ottla or kafka, not ${values.target}.`);
const brokers = values.brokers === "3" ? 3 : 1;
const broker = await startCluster(values.target, {
  brokers,
  config: {
    "group.initial.rebalance.delay.ms": "0",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "4",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "500",
  },
});
try {
  await using cluster = await Cluster.open(broker.bootstrap);
  for (const name of values.only.split(",")) {
    const example = examples[name];
    if (example === undefined) throw new Error(`There is no example ${name}: ${Object.keys(examples).join(", ")}.`);
    const tell = (what: string): void => void process.stdout.write(`${name} on ${values.target}, ${brokers} of it: ${what}\n`);
    const problems = await check(cluster, example, { name, kills: Number(values.kills), tell });
    for (const problem of problems) tell(problem);
    tell(problems.length === 0 ? "exactly what it should be" : "WRONG");
    if (problems.length > 0) process.exitCode = 1;
  }
} finally {
  await broker.stop();
}
