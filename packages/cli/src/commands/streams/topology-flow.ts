import { pause } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import type { ApplicationDescription, TopologyJson } from "@ottla/streams";
import { askInstance, noInstance } from "./ask-instance.ts";

/** What goes through a running topology, of all instances that could be asked. */
export interface TopologyFlow {
  readonly applicationId: string;
  /** `host:port` of those that answered. */
  readonly instances: readonly string[];
  /** Of those that did not: what they do is in no figure. */
  readonly silent: readonly string[];
  /** Over which rates were taken. */
  readonly seconds: number;
  /** Tasks that run, by sub-topology. */
  readonly tasks: ReadonlyMap<number, number>;
  /** Records per second at a node, by {@link placeOf} for each of its topics; left out where tasks came or went meanwhile. */
  readonly rates: ReadonlyMap<string, number>;
  /** Records of a topic that wait, in the cluster or in the instances. */
  readonly lags: ReadonlyMap<string, number>;
}

/** A running topology. */
export interface RunningTopology {
  readonly topology: TopologyJson;
  readonly flow: TopologyFlow;
}

/** A node's topic by the name that it has in the topology or in the cluster. */
export function placeOf(node: string, topic: string): string {
  return `${node} ${topic}`;
}

/** Looks twice at all instances that the one at `url` knows of. Throws `INSTANCE_SILENT`. */
export async function runningTopology(url: string, forMs: number, signal: AbortSignal): Promise<RunningTopology> {
  const topology = await askInstance(url, "/v1/topology", signal);
  if (!Array.isArray(topology["subtopologies"])) throw noInstance(url, "it has no topology");
  const { instances = [] } = await askInstance(url, "/v1/metadata", signal).catch((): { instances?: unknown } => ({}));
  const places = Array.isArray(instances)
    ? (instances as { readonly applicationServer: string }[]).map((each) => each.applicationServer)
    : [];
  const here = new URL(url).host;
  const all = [here, ...places.filter((place) => place !== here)];
  const beganMs = performance.now();
  const before = await looksAt(all, url, signal);
  await pause(systemClock, forMs, signal);
  signal.throwIfAborted();
  const seconds = (performance.now() - beganMs) / 1000;
  const after = await looksAt(all, url, signal);
  return { topology: topology as unknown as TopologyJson, flow: flowOf(before, after, all, seconds) };
}

type Looks = ReadonlyMap<string, ApplicationDescription>;

async function looksAt(places: readonly string[], url: string, signal: AbortSignal): Promise<Looks> {
  const told = await Promise.all(
    places.map(async (place, index) => {
      try {
        // The first one is where the user said.
        const body = await askInstance(index === 0 ? url : `http://${place}`, "/v1/application", signal);
        return Array.isArray(body["workers"]) ? ([place, body as unknown as ApplicationDescription] as const) : undefined;
      } catch {
        signal.throwIfAborted();
        return undefined;
      }
    }),
  );
  return new Map(told.filter((each) => each !== undefined));
}

function flowOf(before: Looks, after: Looks, all: readonly string[], seconds: number): TopologyFlow {
  const tasks = new Map<number, number>();
  const lags = new Map<string, number>();
  const [first, second] = [countsOf(before), countsOf(after)];
  for (const { workers } of distinct(after)) {
    for (const task of workers.flatMap((worker) => worker.tasks)) {
      tasks.set(task.subtopology, (tasks.get(task.subtopology) ?? 0) + 1);
      for (const { topic, lag = 0, waitingCount } of task.inputs) lags.set(topic, (lags.get(topic) ?? 0) + lag + waitingCount);
    }
  }
  const rates = new Map([...second].map(([place, count]) => [place, (count - (first.get(place) ?? 0)) / seconds] as const));
  return {
    applicationId: [...after.values()][0]?.applicationId ?? "",
    instances: distinct(after).map(({ place }) => place),
    silent: all.filter((place) => !after.has(place)),
    seconds,
    tasks,
    rates: new Map([...rates].filter(([, rate]) => rate >= 0)),
    lags,
  };
}

/** One of several names of an instance, as `localhost` and `127.0.0.1`. */
function distinct(looks: Looks): (ApplicationDescription & { readonly place: string })[] {
  const byProcess = new Map([...looks].toReversed().map(([place, look]) => [look.processId ?? place, { ...look, place }]));
  return [...byProcess.values()].toReversed();
}

/** How many records went through each place. */
function countsOf(looks: Looks): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { workers } of distinct(looks)) {
    for (const { node, topics } of workers.flatMap(({ tasks }) => tasks.flatMap(({ nodes }) => nodes))) {
      for (const { topic, records } of topics) {
        const place = placeOf(node, topic);
        counts.set(place, (counts.get(place) ?? 0) + records);
      }
    }
  }
  return counts;
}
