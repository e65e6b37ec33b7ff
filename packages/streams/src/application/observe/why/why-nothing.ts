import { inputReasons } from "./input-reasons.ts";
import { durationText, type Reason } from "./reason.ts";
import { recordReasons } from "./record-reasons.ts";
import { taskReasons } from "./task-reasons.ts";
import type { WhyFacts } from "./why-facts.ts";

/** Why nothing comes out of an application, by name, what stops all of it first. What comes out all the same is told last. */
export function whyNothing(facts: WhyFacts): Reason[] {
  return [
    ...stateReasons(facts),
    ...clusterReasons(facts),
    ...groupReasons(facts),
    ...taskReasons(facts),
    ...inputReasons(facts),
    ...recordReasons(facts),
  ];
}

function stateReasons({ applicationId, state, error }: WhyFacts): Reason[] {
  if (error !== undefined) {
    return [{ code: "FAILED", text: `This instance of ${applicationId} is ${state}: ${error}` }];
  }
  if (state === "CREATED") return [{ code: "NOT_RUNNING", text: `This instance of ${applicationId} was not started: call start().` }];
  if (state === "REBALANCING" || state === "RUNNING") return [];
  return [{ code: "NOT_RUNNING", text: `This instance of ${applicationId} is ${state}: an application starts once. Make another one.` }];
}

function clusterReasons({ applicationId, cluster }: WhyFacts): Reason[] {
  if ("error" in cluster)
    return [
      {
        code: "CLUSTER_SILENT",
        text: `The cluster was asked about group ${applicationId} and its topics, and did not answer: ${cluster.error}`,
      },
    ];
  return [
    ...cluster.missingTopics.map(
      (topic): Reason => ({
        code: "INPUT_TOPIC_MISSING",
        topic,
        text: `Topic ${topic}, which the application reads, is not there.`,
      }),
    ),
    ...cluster.missingOutputs.map(
      (topic): Reason => ({
        code: "OUTPUT_TOPIC_MISSING",
        topic,
        text: `Topic ${topic}, which the application writes to, is not there: what is written to it waits until somebody makes it.`,
      }),
    ),
  ];
}

function groupReasons({ applicationId, workers, silentWorkers, cluster, nowMs, state }: WhyFacts): Reason[] {
  const reasons: Reason[] = silentWorkers.map((number) => ({
    code: "WORKER_SILENT",
    numbers: { number },
    text: `Worker ${number} of this instance does not answer: a function of the topology holds its thread.`,
  }));
  for (const { name, state: workerState, stateSinceMs } of workers) {
    if (workerState !== "REBALANCING") continue;
    const ms = nowMs - stateSinceMs;
    reasons.push({
      code: "REBALANCING",
      numbers: { sinceMs: stateSinceMs, ms },
      text: `${name} has waited for ${durationText(ms)} for group ${applicationId} to divide its tasks. What was revoked is not processed meanwhile.`,
    });
  }
  if ("error" in cluster || cluster.group === undefined || state !== "RUNNING" || reasons.length > 0) return reasons;
  const { memberCount, assigned } = cluster.group;
  if (workers.length > 0 && workers.every(({ tasks }) => tasks.length === 0)) {
    reasons.push({
      code: "NO_TASKS_HERE",
      numbers: { memberCount },
      text: `No task of ${applicationId} runs in this instance: the ${memberCount} members of the group have them all. There are no more tasks than the largest input of each sub-topology has partitions.`,
    });
  }
  if (cluster.group.state !== "Stable" || assigned === undefined) return reasons;
  const taken = new Set(assigned.map(({ topic, partition }) => `${topic} ${partition}`));
  const open = cluster.inputs.filter(({ topic, partition }) => !taken.has(`${topic} ${partition}`));
  for (const [topic, partitions] of Map.groupBy(open, (input) => input.topic)) {
    const list = partitions.map(({ partition }) => partition).join(", ");
    reasons.push({
      code: "PARTITION_UNASSIGNED",
      topic,
      ...(partitions.length === 1 ? { partition: partitions[0]!.partition } : {}),
      text: `No member of group ${applicationId} has partition ${list} of ${topic}. If the topic was given more partitions, all instances have to be started anew.`,
    });
  }
  return reasons;
}
