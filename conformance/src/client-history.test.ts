// Our producers and consumers on days that go wrong, with everything they were told held against what the cluster has in the end.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom } from "@ottla/base/simulated";
import { FlakyNet } from "./client-cases/flaky-net.ts";
import { runWorkload } from "./client-cases/history-workload.ts";
import type { RunningCluster } from "./cluster.ts";
import { checkHistory } from "./history/check-history.ts";
import type { HistoryRecorder } from "./history/recorder.ts";
import { findFreePorts } from "./process/free-port.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./process/temporary-folder.ts";
import { waitUntil } from "./process/wait-until.ts";
import { requireTarget, startCluster, testProfile } from "./target.ts";
import { setTransactionVersion } from "./wire/transaction-version.ts";

const target = requireTarget();
const STALL_MS = 4000;
const CALM_MS = 1500;
const RESTARTS = 3;
const DISTURBANCES = 15;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function check(history: HistoryRecorder): void {
  assert.deepEqual(
    checkHistory(history).map(({ kind, sentence }) => `${kind}: ${sentence}`),
    [],
  );
  const committed = history.transactions.filter(({ outcome }) => outcome === "committed").length;
  const aborted = history.transactions.filter(({ outcome }) => outcome === "aborted").length;
  assert.ok(committed > 10 && aborted > 3 && history.polls.length > 10, `${committed} committed, ${aborted} aborted`);
}

function ifPortIsTaken(error: Error): undefined {
  if (!error.message.includes("the port is in use")) throw error;
}

/** A cluster of this test's own, which it may hurt. */
async function withCluster(run: (cluster: RunningCluster, restart: () => Promise<void>) => Promise<void>): Promise<void> {
  const folder = makeTemporaryFolder("history");
  const [port = 0] = await findFreePorts(1);
  const config = { ...testProfile, "default.replication.factor": String(target.brokers) };
  const start = () => startCluster(target.kind, { brokers: target.brokers as 1 | 3, config, dataDir: folder, port });
  let cluster = await start();
  try {
    await run(cluster, async () => {
      await cluster.kill();
      // Any connection on loopback may have taken the port for its own end meanwhile; that passes.
      cluster = await waitUntil("the broker is back at its port", () => start().catch(ifPortIsTaken), { timeoutMs: 60_000, everyMs: 200 });
    });
  } finally {
    await cluster.kill();
    removeTemporaryFolder(folder);
  }
}

describe(`histories of our clients, ${target.kind} with ${target.brokers} broker(s)`, { concurrency: false }, () => {
  for (const version of [2, 1]) {
    test(`producers that vanish, transaction.version ${version}`, async () => {
      await setTransactionVersion(target.bootstrap, version);
      try {
        check(await runWorkload({ bootstrap: target.bootstrap, seed: version, transactionsPerWorker: 40 }));
      } finally {
        await setTransactionVersion(target.bootstrap, 2);
      }
    });
  }

  test("Java's clients and ours, producers that vanish", async () => {
    const history = await runWorkload({ bootstrap: target.bootstrap, seed: 6, transactionsPerWorker: 30, withJava: true });
    check(history);
    const readers = new Set(history.polls.map(({ reader }) => reader));
    assert.deepEqual([...readers].sort(), ["Java's read_committed", "Java's read_uncommitted", "read_committed", "read_uncommitted"]);
    assert.ok(history.transactions.some(({ id, outcome }) => id.startsWith("w1-") && outcome === "committed"));
  });

  test("connections that are cut, stand still and are slow", async () => {
    const net = new FlakyNet();
    let cut = 0;
    try {
      const random = new SeededRandom(7);
      const disturb = async (): Promise<void> => {
        for (let n = 0; n < DISTURBANCES; n++) {
          await pause(100 + random.nextInt(300));
          const someOf = () => random.nextInt(2) === 0;
          if (n % 3 === 0) {
            const letGo = await net.stall(someOf);
            await pause(STALL_MS / 4);
            letGo();
          } else if (n % 3 === 1) {
            await net.slowDown(20);
            await pause(500);
            await net.slowDown(0);
          } else cut += await net.cut(someOf);
        }
      };
      check(await runWorkload({ bootstrap: target.bootstrap, seed: 7, transactionsPerWorker: 40, net, disturb }));
    } finally {
      await net.close();
    }
    assert.ok(cut > 10, `${cut} connections were there to be cut`);
  });

  const standsStill =
    target.kind === "kafka" && target.brokers === 3 ? { skip: "one node shows it, and what three add is the node that is lost" } : {};
  test("brokers that stand still in the middle of transactions", standsStill, () =>
    withCluster(async ({ bootstrap, pids }) => {
      const disturb = async (): Promise<void> => {
        await pause(CALM_MS);
        for (const pid of pids) process.kill(pid, "SIGSTOP");
        await pause(STALL_MS);
        for (const pid of pids) process.kill(pid, "SIGCONT");
      };
      check(await runWorkload({ bootstrap, seed: 3, transactionsPerWorker: 60, disturb }));
    }),
  );

  const canRestart =
    target.kind === "ottla" ? {} : { skip: "Apache Kafka is started on free ports, so it does not come back where it was" };
  test("a broker that is killed and started again in the middle of transactions", canRestart, () =>
    withCluster(async ({ bootstrap }, restart) => {
      const disturb = async (history: HistoryRecorder): Promise<void> => {
        for (let n = 0; n < RESTARTS; n++) {
          await pause(CALM_MS);
          history.incident("killed");
          await restart();
        }
      };
      check(await runWorkload({ bootstrap, seed: 4, transactionsPerWorker: 60, disturb }));
    }),
  );

  const canLoseOne = target.kind === "kafka" && target.brokers === 3 ? {} : { skip: "needs replicas on other nodes" };
  test("a node that is lost, with the coordinators and leaders on it", canLoseOne, () =>
    withCluster(async ({ bootstrap, pids }) => {
      const disturb = async (): Promise<void> => {
        await pause(CALM_MS);
        process.kill(pids[1]!, "SIGKILL");
      };
      check(await runWorkload({ bootstrap, seed: 5, transactionsPerWorker: 60, disturb }));
    }),
  );
});
