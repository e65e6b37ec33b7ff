import { nodeDisk } from "@ottla/base/node";
import type { Consumer, Producer } from "@ottla/client";
import type { DivisionRules } from "../assignment/division-types.ts";
import type { ResolvedOptions } from "../options/resolve-options.ts";
import { type TaskId, taskName } from "../plan/task-id.ts";
import type { TopologyPlan } from "../plan/topology-plan.ts";
import { ChangelogRestore } from "../restore/changelog-restore.ts";
import { StandbyTasks } from "../standby/standby-tasks.ts";
import { DormantTasks } from "../state/dormant-tasks.ts";
import { emptyIfFree } from "../state/task-folder.ts";
import { TaskStores } from "../state/task-stores.ts";
import { PendingBudget } from "../../stores/persistent/pending-budget.ts";
import { groupProcesses } from "./group-processes.ts";
import { LeftTransactions } from "./left-transactions.ts";
import { RecordOutput, type Waiting } from "./record-output.ts";
import { transactionalIdOf } from "./transactional-id.ts";
import type { WorkerHost } from "./worker-host.ts";
import { writePermit } from "./write-permit.ts";

/**
 * Where records are processed exactly once, as in Java. Nobody sees them before the commit, which sends what lingers; and a transaction that is open at the broker most of the time is likely to be left open by a kill, which holds up
 * whoever reads committed records until it times out.
 */
const LINGER_MS = 100;
/** As long as a transaction may take, whose fate is decided by then one way or another; but a busy machine has its time. */
const TRANSACTION_CALL_MS_MIN = 5_000;
const RESTORE_FETCH_BYTES = 8 * 1024 * 1024;
/** Fetched ahead for copies, all together: they are in no hurry. */
const STANDBY_PREFETCH_BYTES = 16 * 1024 * 1024;

/** A user's properties of a client, by the prefixes that mean it; the last one counts. */
export function propertiesOf({ clients }: ResolvedOptions, ...prefixes: readonly string[]): object {
  return Object.assign({}, ...prefixes.map((prefix) => clients.get(prefix)));
}

export function isolationOf({ guarantee }: ResolvedOptions): "read_committed" | "read_uncommitted" {
  return guarantee === "exactlyOnce" ? "read_committed" : "read_uncommitted";
}

/** As Java names the thread. */
export function workerName({ options, processId, number }: WorkerHost): string {
  return `${options.applicationId}-${processId}-StreamThread-${number}`;
}

/** By which rules the group's tasks are divided, if this member is to. */
export function divisionRules(options: ResolvedOptions): DivisionRules {
  const { numStandbyReplicas, acceptableRecoveryLag, maxWarmupReplicas, rackAwareAssignmentTags } = options;
  return { standbyReplicas: numStandbyReplicas, acceptableRecoveryLag, maxWarmupReplicas, rackAwareTags: rackAwareAssignmentTags };
}

/** What a worker's tasks write to. */
export function outputOf(
  { client, options, plan, counts, processId, number, onWriteFailure }: WorkerHost,
  group: Consumer,
  waiting: Waiting,
): RecordOutput {
  const isExact = options.guarantee === "exactlyOnce";
  const transaction = {
    transactionalId: transactionalIdOf(options.applicationId, processId, number),
    transactionTimeoutMs: options.transactionTimeoutMs,
  };
  const given = propertiesOf(options, "producer.");
  const properties = { ...given, allowAutoCreateTopics: mayBeMade(plan, given) };
  return new RecordOutput(
    isExact
      ? () => takingOver(client.producer({ ...lingering(properties), ...properties, ...transaction }))
      : () => client.producer({ ...properties, mayWrite: writePermit(group) }),
    isExact ? { callMs: Math.max(options.transactionTimeoutMs, TRANSACTION_CALL_MS_MIN) } : undefined,
    counts,
    onWriteFailure,
    waiting,
  );
}

/** What the one before it left open is given up at once, not when it times out: until then nobody is told what is committed. Whoever begins a transaction hears what became of it. */
function takingOver(producer: Producer): Producer {
  void producer.initTransactions().catch(() => {});
  return producer;
}

/** A broker would make a topic of the application's own that was deleted as any other: not compacted, and with as many partitions as it likes. */
function mayBeMade({ repartitionTopics, subtopologies }: TopologyPlan, given: { readonly allowAutoCreateTopics?: unknown }) {
  const changelogs = subtopologies.flatMap((each) => each.changelogs).filter(({ isSource }) => !isSource);
  const own = new Set([...repartitionTopics.keys(), ...changelogs.map(({ topic }) => topic)]);
  return (topic: string): boolean => given.allowAutoCreateTopics !== false && !own.has(topic);
}

function lingering(properties: object): object {
  return "lingerMs" in properties || "linger.ms" in properties ? {} : { lingerMs: LINGER_MS };
}

/** What ends transactions that processes left which are not in the group any more; undefined: this application has none. */
export function leftTransactionsOf({ client, options, clock, logger, processId }: WorkerHost): LeftTransactions | undefined {
  const { applicationId, guarantee } = options;
  if (guarantee !== "exactlyOnce") return undefined;
  const admin = client.admin();
  return new LeftTransactions({
    admin,
    clock,
    logger,
    applicationId,
    async left(open) {
      const ofOthers = open.filter((each) => each.processId !== processId);
      if (ofOthers.length === 0) return [];
      const living = await groupProcesses(admin, options);
      return living && ofOthers.filter((each) => !living.has(each.processId));
    },
  });
}

/** What fills a worker's stores from their changelogs. */
export function restoreOf(host: WorkerHost): ChangelogRestore {
  const { client, clock, logger, onRestore } = host;
  return new ChangelogRestore({
    admin: client.admin(),
    consumer: () => changelogConsumer(host, { maxPartitionFetchBytes: RESTORE_FETCH_BYTES }),
    clock,
    logger,
    onProgress: onRestore,
  });
}

/** What keeps copies of tasks that run elsewhere; `group` is who knows what was committed. */
export function standbysOf(host: WorkerHost, group: Consumer, open: (id: TaskId) => TaskStores): StandbyTasks {
  const { client, clock, logger, onStandby } = host;
  return new StandbyTasks({
    admin: client.admin(),
    consumer: () => changelogConsumer(host, { prefetchBytesMax: STANDBY_PREFETCH_BYTES }),
    open,
    wipe: (name) => wipeTask(host, name),
    committed: (partitions) => group.committed(partitions),
    clock,
    logger,
    onProgress: onStandby,
  });
}

/** What is on the disk of tasks that are not open. */
export function dormantOf({ options, plan, clock, logger }: WorkerHost): DormantTasks {
  const folder = options.stateDir === undefined ? undefined : `${options.stateDir}/${options.applicationId}`;
  return new DormantTasks({ disk: nodeDisk, folder, plan, clock, logger });
}

/** Opens the stores of tasks, which write to `output` when they are used. */
export function openStoresOf(host: WorkerHost, output: RecordOutput, dormant: DormantTasks): (id: TaskId) => TaskStores {
  const { plan, options, task } = host;
  const pending = new PendingBudget();
  return (id) => {
    const { nodes, changelogs } = plan.subtopologies.find((each) => each.id === id.subtopology)!;
    const isPersistent = options.stateDir !== undefined && changelogs.length > 0;
    return new TaskStores({
      id,
      changelogs,
      folder: isPersistent ? folderOf(host, taskName(id)) : undefined,
      disk: nodeDisk,
      pending,
      onClosed: (stores) => dormant.note(stores),
      stores: { ...task, nodes, collector: output },
    });
  };
}

/** Removes what is on the disk of a task that is closed. Another worker of the process that has been given it meanwhile finds out by itself. */
export function wipeTask(host: WorkerHost, name: string): void {
  if (host.options.stateDir === undefined || emptyIfFree(nodeDisk, folderOf(host, name))) return;
  host.logger.info("the state of a task is left to who has it by now", { task: name });
}

function folderOf({ options }: WorkerHost, name: string): string {
  return `${options.stateDir}/${options.applicationId}/${name}`;
}

function changelogConsumer({ client, options }: WorkerHost, sizes: object): Consumer {
  return client.consumer({
    ...sizes,
    ...propertiesOf(options, "consumer.", "restore.consumer."),
    enableAutoCommit: false,
    autoOffsetReset: "none",
    isolationLevel: isolationOf(options),
    allowAutoCreateTopics: false,
  });
}
