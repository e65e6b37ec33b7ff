import type { Admin, BrokerApiVersions, ClusterDescription, ConfigEntry, LogDirDescription } from "@ottla/client";
import type { BrokerSnapshot, LogDirSnapshot } from "../../snapshot/broker-snapshot.ts";
import type { Configs, ConfigValue } from "../../snapshot/config-snapshot.ts";
import { isObserved, type NotObserved, notObserved, type Observed, observed } from "../../snapshot/observed.ts";
import type { CallPacer } from "./call-pacer.ts";
import { collectCertificates, type ReadCertificate } from "./collect-certificates.ts";
import { notObservedOf } from "./not-observed-of.ts";

/** The brokers that the cluster lists, and what each says of its replicas' logs. */
export interface SeenBrokers {
  readonly brokers: readonly BrokerSnapshot[];
  readonly logs: ReadonlyMap<number, Observed<readonly LogDirDescription[]>>;
}

/** Asks each broker for itself: versions, settings, directories. What one does not tell is not observed of that one. */
export async function collectBrokers(
  admin: Admin,
  pacer: CallPacer,
  { nodes }: ClusterDescription,
  readCertificate: ReadCertificate | undefined,
): Promise<SeenBrokers> {
  const seen = await Promise.all(
    nodes.map(async ({ nodeId, host, port, rack }) => {
      const [versions, configs, dirs] = await Promise.all([
        pacer.run(1, (options) => admin.apiVersions(options).then((all) => all.find((each) => each.nodeId === nodeId))),
        pacer.run(1, (options) => admin.describeConfigs([{ type: "broker", name: String(nodeId) }], options)),
        pacer.run(1, (options) => admin.describeLogDirs([nodeId], options)),
      ]);
      const answeredBy = whoAnswers(configs);
      if (answeredBy !== undefined) {
        const elsewhere = notObserved("unreachable", `Broker ${answeredBy} answers at ${host}:${port}, where broker ${nodeId} says it is.`);
        const broker: BrokerSnapshot = {
          ...missingBroker(nodeId),
          ...allParts(elsewhere),
          state: "alive",
          endpoint: { host, port },
          rack,
          answeredBy,
        };
        return { broker, logs: elsewhere };
      }
      const of = partOf(versions);
      const seenConfigs = outcome(configs, ([first]) => first, configsOf);
      const broker: BrokerSnapshot = {
        nodeId,
        state: "alive",
        endpoint: { host, port },
        rack,
        certificates: await collectCertificates(pacer, seenConfigs, readCertificate, port),
        apis: of((value) => value.apis),
        features: of((value) => value.features),
        configs: seenConfigs,
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
  return { nodeId, state: "missing", endpoint: undefined, rack: undefined, ...allParts(gone) };
}

function allParts(gone: NotObserved): Pick<BrokerSnapshot, "apis" | "features" | "configs" | "logDirs" | "certificates"> {
  return { apis: gone, features: gone, configs: gone, logDirs: gone, certificates: gone };
}

/** A broker that is asked for the settings of another says who it is. */
const OTHER_BROKER = /^Unexpected broker id, expected (\d+)/;

function whoAnswers(configs: Observed<readonly { readonly error?: Error | undefined }[]>): number | undefined {
  const message = isObserved(configs) ? configs.value[0]?.error?.message : undefined;
  const id = message === undefined ? undefined : OTHER_BROKER.exec(message)?.[1];
  return id === undefined ? undefined : Number(id);
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
