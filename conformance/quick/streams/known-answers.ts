import { streams, type ApplicationOptions, type StreamsApplication, type Topology, type TopologyPlace } from "@ottla/streams";
import { type Clock, silentLogger } from "@ottla/base";
import type { Kafka } from "@ottla/testing";

/** An instance that can be killed: its client ends at once, and nothing more of it reaches the cluster. */
export interface Instance extends AsyncDisposable {
  readonly app: StreamsApplication;
  kill(): Promise<void>;
}

/** Starts an instance; resolves when it runs. `before` it starts, who watches it may begin. What it warns of is added to `warnings`. */
export async function startInstance(
  kafka: Kafka,
  topology: Topology | TopologyPlace,
  options: Partial<ApplicationOptions> & Pick<ApplicationOptions, "applicationId">,
  before: (app: StreamsApplication) => unknown = () => {},
  warnings: string[] = [],
  deps: { readonly clock?: Clock } = {},
): Promise<Instance> {
  const life = new AbortController();
  const warn = (message: string, fields: object = {}) => void warnings.push(`${message} ${JSON.stringify(fields)}`);
  const given = {
    bootstrapServers: kafka.bootstrapServers,
    sessionTimeoutMs: 600,
    heartbeatIntervalMs: 50,
    transactionTimeoutMs: 1_000,
    cacheMaxBytes: 0,
    commitIntervalMs: 20,
    ...options,
    client: { ...options.client, retryBackoffMs: 10, retryBackoffMaxMs: 50, signal: life.signal },
  } satisfies ApplicationOptions;
  const app = streams(topology, given, { ...deps, logger: { ...silentLogger, warn } });
  await before(app);
  await app.start();
  return {
    app,
    async kill() {
      life.abort(new Error("killed"));
      await app.close();
    },
    [Symbol.asyncDispose]: () => app.close(),
  };
}

/** What each word's counts are when every line counted once: 1, 2, 3 … */
export function isCountedOnce(written: ReadonlyMap<string, readonly number[]>, expected: ReadonlyMap<string, number>): string | undefined {
  for (const [word, count] of expected) {
    const counts = written.get(word) ?? [];
    for (let i = 0; i < Math.max(count, counts.length); i++) {
      if (counts[i] !== i + 1)
        return `${word}: after ${i} counts in order comes ${String(counts[i])}, of ${count} in all: ${counts.slice(Math.max(0, i - 3), i + 4).join(" ")}`;
    }
  }
  return undefined;
}

/** Their ids, in order. */
export async function openTransactions(kafka: Kafka): Promise<string[]> {
  const listed = await kafka
    .client()
    .admin()
    .listTransactions({ states: ["Ongoing"] });
  return listed.map(({ transactionalId }) => transactionalId);
}

/** Settings with which killed members and transactions are noticed soon. */
export const impatientSettings = {
  "group.min.session.timeout.ms": "100",
  "transaction.abort.timed.out.transaction.cleanup.interval.ms": "50",
};
