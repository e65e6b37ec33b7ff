import { printSeconds } from "../../quantity/print-quantity.ts";
import { commandLine } from "../../plan/command-line.ts";
import { type ConnectorSnapshot, isFailing } from "../../snapshot/connector-snapshot.ts";
import { valueOf } from "../../snapshot/observed.ts";
import type { ClusterHit, ClusterRule } from "../cluster-rule.ts";
import { count } from "../cluster-view.ts";
import { exampleConnector, look, looks } from "../example-cluster.ts";

/** Some operators start a failed task again by themselves; after so long nobody has. */
const FAILED_FOR_MS = 300_000;

/** Rules over connectors that run, by the REST interface of one of their workers. */
export const connectorRules: readonly ClusterRule[] = [
  {
    id: "CON-09",
    name: "failed-task",
    severity: "error",
    confidence: "high",
    harm: "stuck",
    needs: ["connectors"],
    condition:
      "all tasks of a connector, or the connector itself, have failed, or a task was seen failed for 5 minutes; a warning where one look sees a failed task. One that its worker starts again and again after a failure counts as failed",
    why: "A failed task stands still until somebody starts it again, and the connector goes on saying that it runs.",
    fix: "See what it failed with, mend that, and start what has failed again.",
    source: "Apache Kafka documentation, Connect REST API",
    thresholds: [
      {
        name: "failedFor",
        meaning: "time for which a task has failed before it is an error",
        default: FAILED_FOR_MS,
        unit: "ms",
        least: 0,
        most: 86_400_000,
      },
    ],
    check: ({ snapshot, observation }, { threshold }) =>
      (valueOf(snapshot.connectors) ?? []).flatMap((connector): ClusterHit[] => {
        const { connector: name, state, tasks } = connector;
        const failed = tasks.filter(isFailing);
        const isDown = state === "FAILED";
        if (failed.length === 0 && !isDown) return [];
        const sinceMs = observation.failedTasks.get(name) ?? snapshot.monotonicMs;
        const forMs = snapshot.monotonicMs - sinceMs;
        const isAll = isDown || failed.length === tasks.length;
        return [
          {
            subject: `connector ${name}`,
            message: isDown
              ? `Connector ${name} has failed.`
              : isAll
                ? `Connector ${name} is ${state}, and all of its tasks have failed.`
                : `${failed.length} of ${count(tasks.length, "task")} of connector ${name} ${failed.length === 1 ? "has" : "have"} failed.`,
            evidence: `${evidenceOf(connector)}${forMs > 0 ? `; seen so for ${printSeconds(forMs / 1000)}` : ""}`,
            fix: `See why (${commandLine(["ottla", "connect", "status", name])}), mend it, then: ${commandLine(["ottla", "connect", "restart", name, "--only-failed"])}`,
            severity: isAll || forMs >= threshold("failedFor") ? "error" : "warning",
          },
        ];
      }),
    examples: [
      { observe: () => look({ connectors: exampleConnector("FAILED", "FAILED") }), hits: 1 },
      { observe: () => look({ connectors: exampleConnector("RUNNING", "FAILED") }), hits: 1, severity: "warning" },
      {
        observe: () =>
          looks(
            FAILED_FOR_MS,
            { connectors: exampleConnector("RUNNING", "FAILED") },
            { connectors: exampleConnector("RUNNING", "FAILED") },
          ),
        hits: 1,
      },
      { observe: () => look({ connectors: exampleConnector("RUNNING", "RUNNING") }), hits: 0 },
      {
        observe: () =>
          looks(
            FAILED_FOR_MS,
            { connectors: exampleConnector("RUNNING", "FAILED") },
            { connectors: exampleConnector("RUNNING", "RUNNING") },
          ),
        hits: 0,
      },
      { observe: () => look({ connectors: exampleConnector("PAUSED", "PAUSED") }), hits: 0 },
      { observe: () => look({ connectors: exampleConnector("RESTARTING") }), hits: 0 },
    ],
  },
];

function evidenceOf({ type, state, tasks }: ConnectorSnapshot): string {
  const kinds = [...new Set(tasks.flatMap(({ failure }) => failure ?? []))];
  const states = tasks.map(({ task, state: of, worker }) => `task ${task} ${of} on ${worker}`);
  const shown = states.slice(0, 3).join(", ") || "no tasks";
  const more = states.length > 3 ? ` and ${states.length - 3} more` : "";
  return `${type} ${state}; ${shown}${more}${kinds.length === 0 ? "" : `; failed with ${kinds.slice(0, 3).join(", ")}`}`;
}
