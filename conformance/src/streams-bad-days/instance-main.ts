// One instance of the application in a process of its own, so that it can be killed. Its argument is InstanceSettings as JSON; it is told and tells by messages. Ends with 0 when it was closed, with 3 when the application
// ended in an error.
import type { Clock } from "@ottla/base";
import { lineLogger, systemClock } from "@ottla/base/node";
import { type ApplicationDescription, streams } from "@ottla/streams";
import type { FromInstance, InstanceSettings, ToInstance } from "./instance-settings.ts";
import { badDaysTopology, outputs } from "./topology.ts";

/** An application that its process ends behind may take so long for it. */
const CLOSE_MS_MAX = 30_000;

const { name, applicationId, bootstrap, stateDir, guarantee, groupProtocol, version, copies, stores } = JSON.parse(
  process.argv[2]!,
) as InstanceSettings;
const tell = (message: FromInstance): void => void process.send?.(message);
let jumpedMs = 0;
const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + jumpedMs };

const app = streams(
  badDaysTopology(version, stores),
  {
    applicationId,
    bootstrapServers: bootstrap,
    guarantee,
    groupProtocol,
    stateDir,
    commitIntervalMs: guarantee === "exactlyOnce" ? 100 : 500,
    // Every count is given on, so that each can be checked.
    cacheMaxBytes: 0,
    // Of a streams group the stage sets them.
    ...(groupProtocol === "classic" && { sessionTimeoutMs: 2_000, heartbeatIntervalMs: 300 }),
    // Longer than others take to have the tasks of one that stands still: only the group keeps its transaction from being committed when it wakes.
    transactionTimeoutMs: 6_000,
    // Something always waits to be sent, as a commit finds it.
    ...(guarantee === "atLeastOnce" && { "producer.linger.ms": 200 }),
    numStandbyReplicas: copies,
    repartitionPurgeIntervalMs: 1_000,
    onError: {
      deserialize: () => ({ deadLetter: outputs.dead }),
      process: () => ({ deadLetter: outputs.dead }),
    },
    client: { clientId: name, retryBackoffMaxMs: 200, reconnectBackoffMaxMs: 200 },
  },
  { clock, logger: lineLogger(process.stderr, "info") },
);
app.onState((state) => tell({ state }));
process.on("message", (message: ToInstance) => {
  if ("jumpMs" in message) jumpedMs += message.jumpMs;
  else if ("describe" in message) void describe();
  else void close();
});
// Nobody is left who would end it.
process.on("disconnect", () => process.exit(4));
app.onState((state) => {
  if (state === "ERROR") end();
});
app.start().catch(() => {});

/** Asked where nothing comes any more. */
async function describe(): Promise<void> {
  tell({ described: JSON.stringify(shortOf(await app.describe())) });
}

/** What tells why nothing comes: what each worker waits for, and how far its tasks are. */
function shortOf({ state, takenAtMs, workers, silentWorkers, restores }: ApplicationDescription) {
  return {
    state,
    silentWorkers,
    workers: workers.map((worker) => ({
      state: worker.state,
      stateForMs: takenAtMs - worker.stateSinceMs,
      doing: worker.doing,
      doingForMs: takenAtMs - worker.doingSinceMs,
      memberId: worker.memberId,
      transactionForMs: worker.transactionSinceMs === undefined ? undefined : takenAtMs - worker.transactionSinceMs,
      isOutputFull: worker.isOutputFull,
      tasks: worker.tasks.map(({ taskId, state: taskState, inputs }) => {
        const waits = inputs.map((each) => `${each.topic}:${each.committedOffset}+${each.waitingCount}+${each.lag}`);
        return `${taskId} ${taskState} ${waits.join(" ")}`;
      }),
    })),
    restores: restores.map(({ taskId, store, position, end }) => `${taskId} ${store} ${position} of ${end}`),
  };
}

async function close(): Promise<void> {
  setTimeout(() => {
    process.stderr.write(`closing took longer than ${CLOSE_MS_MAX} ms\n`);
    process.exit(5);
  }, CLOSE_MS_MAX).unref();
  await app.close();
  end();
}

function end(): void {
  const { error } = app;
  if (error === undefined) process.exit(0);
  process.stderr.write(`${error.stack}\n`);
  const { code = "" } = error as { readonly code?: string };
  process.send?.({ error: error.message, code } satisfies FromInstance, () => process.exit(3));
}
