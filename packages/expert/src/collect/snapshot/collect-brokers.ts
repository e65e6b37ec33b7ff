import type { Admin, BrokerApiVersions, ClusterDescription, ConfigEntry, LogDirDescription } from "@ottla/client";
import type { BrokerSnapshot, LogDirSnapshot } from "../../snapshot/broker-snapshot.ts";
import type { Configs, ConfigValue } from "../../snapshot/config-snapshot.ts";
import { type NotObserved, notObserved, type Observed, observed } from "../../snapshot/observed.ts";
import type { CallPacer } from "./call-pacer.ts";
import { notObservedOf } from "./not-observed-of.ts";

/** The brokers that the cluster lists, and what each says of its replicas' logs. */
export interface SeenBrokers {
  readonly brokers: readonly BrokerSnapshot[];
  readonly logs: ReadonlyMap<number, Observed<readonly LogDirDescription[]>>;
}

/** Asks each broker for itself: versions, settings, directories. What one does not tell is not observed of that one. */
export async function collectBrokers(admin: Admin, pacer: CallPacer, { nodes }: ClusterDescription): Promise<SeenBrokers> {
  const seen = await Promise.all(
    nodes.map(async ({ nodeId, host, port, rack }) => {
      const [versions, configs, dirs] = await Promise.all([
        pacer.run(1, (options) => admin.apiVersions(options).then((all) => all.find((each) => each.nodeId === nodeId))),
        pacer.run(1, (options) => admin.describeConfigs([{ type: "broker", name: String(nodeId) }], options)),
        pacer.run(1, (options) => admin.describeLogDirs([nodeId], options)),
      ]);
      const of = partOf(versions);
      const broker: BrokerSnapshot = {
        nodeId,
        state: "alive",
        endpoint: { host, port },
        rack,
        apis: of((value) => value.apis),
        features: of((value) => value.features),
        configs: outcome(configs, ([first]) => first, configsOf),
        logDirs: outcome(
          dirs,
          ([first]) => first,
          (described) => described.map(logDir),
        ),
      };
      return {
        broker,
        logs: outcome(
          dirs,
          ([first]) => first,
          (described) => described,
        ),
      };
    }),
  );
  return { brokers: seen.map(({ broker }) => broker), logs: new Map(seen.map(({ broker, logs }) => [broker.nodeId, logs])) };
}

/** A broker that replicas name and the cluster does not list. */
export function missingBroker(nodeId: number): BrokerSnapshot {
  const gone = notObserved("unreachable", `Broker ${nodeId} is not among the live brokers of the cluster.`);
  return { nodeId, state: "missing", endpoint: undefined, rack: undefined, apis: gone, features: gone, configs: gone, logDirs: gone };
}

type Answer<Value> =
  | { readonly error: Error; readonly value: undefined }
  | { readonly error: undefined; readonly value: Value }
  | undefined;

const LEFT_OUT: NotObserved = notObserved("failed", "The cluster left it out of its answer.");

/** One resource of a call's answer. */
export function outcome<All, Value, To>(
  seen: Observed<All>,
  pick: (all: All) => Answer<Value>,
  change: (value: Value) => To,
): Observed<To> {
  if (!("value" in seen)) return seen;
  const picked = pick(seen.value);
  if (picked === undefined) return LEFT_OUT;
  return picked.error ? notObservedOf(picked.error) : observed(change(picked.value));
}

function partOf(seen: Observed<Answer<BrokerApiVersions>>) {
  return <To>(change: (value: BrokerApiVersions) => To): Observed<To> => outcome(seen, (answer) => answer, change);
}

/** Settings by name. */
export function configsOf(entries: readonly ConfigEntry[]): Configs {
  return Object.fromEntries(
    entries.map(({ name, value, source, sensitive, readOnly }): [string, ConfigValue] => [
      name,
      { value, source, ...(sensitive && { sensitive }), ...(readOnly && { readOnly }) },
    ]),
  );
}

function logDir({ path, error, totalBytes, usableBytes, partitions }: LogDirDescription): LogDirSnapshot {
  return {
    path,
    totalBytes,
    usableBytes,
    replicas: partitions.length,
    replicaBytes: partitions.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    offline: error?.message,
  };
}
