import type { WantedConnector } from "../storage/config-state.ts";
import type { ConnectorProperties } from "../plugin/read-config.ts";

/** What a worker runs of a connector. */
export interface RunningView {
  /** The config whose work was split last, by this worker; undefined: it does not run the connector itself. */
  readonly split: ConnectorProperties | undefined;
  /** Tasks that run here, or have failed here, with the properties that they were started with. */
  readonly tasks: ReadonlyMap<number, ConnectorProperties>;
  readonly isPaused: boolean;
}

/** What falls to a worker. */
export interface Owned {
  readonly connector: boolean;
  task(number: number): boolean;
}

/** One thing to do, in the order given. */
export type Step =
  /** Stop the connector itself: it is not wanted, or falls to another. */
  | { readonly kind: "leave" }
  /** Split the connector's work and write its tasks, where they have changed. */
  | { readonly kind: "split" }
  /** A stopped connector has no tasks, and is split anew when it goes on. */
  | { readonly kind: "clearTasks" }
  | { readonly kind: "stopTask"; readonly task: number; readonly why: "gone" | "elsewhere" | "changed" }
  | { readonly kind: "startTask"; readonly task: number }
  | { readonly kind: "pause" }
  | { readonly kind: "resume" };

/** What has to be done so that what runs is what is wanted. Pure; nothing to do is an empty list. A connector's change touches that connector's tasks alone, and of these only those whose properties changed. */
export function decideSteps(wanted: WantedConnector | undefined, running: RunningView, owned: Owned): Step[] {
  const steps: Step[] = [];
  const isWanted = wanted !== undefined && owned.connector;
  if (!isWanted && running.split !== undefined) steps.push({ kind: "leave" });
  const runs = wanted !== undefined && wanted.target !== "STOPPED" ? wanted.tasks : [];
  for (const [task, properties] of running.tasks) {
    const next = runs[task];
    if (next === undefined) steps.push({ kind: "stopTask", task, why: "gone" });
    else if (!owned.task(task)) steps.push({ kind: "stopTask", task, why: "elsewhere" });
    else if (!areEqual(next, properties)) steps.push({ kind: "stopTask", task, why: "changed" });
  }
  if (wanted === undefined) return steps;
  if (isWanted && wanted.target === "STOPPED" && (wanted.tasks.length > 0 || running.split !== undefined))
    steps.push({ kind: "clearTasks" });
  const isSplit = running.split !== undefined && areEqual(running.split, wanted.properties);
  if (isWanted && wanted.target !== "STOPPED" && !isSplit) return [...steps, { kind: "split" }];
  if (wanted.target === "PAUSED" && !running.isPaused) steps.push({ kind: "pause" });
  if (wanted.target === "STARTED" && running.isPaused) steps.push({ kind: "resume" });
  for (const [task, properties] of runs.entries()) {
    const current = running.tasks.get(task);
    if (owned.task(task) && (current === undefined || !areEqual(current, properties))) steps.push({ kind: "startTask", task });
  }
  return steps;
}

/** Whether two sets of properties say the same. */
export function areEqual(a: ConnectorProperties, b: ConnectorProperties): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
