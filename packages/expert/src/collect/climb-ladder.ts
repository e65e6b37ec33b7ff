import type { Clock } from "@ottla/base";
import { type Client, type ClientOptions, createClient } from "@ottla/client";
import { isLoopback, remedyFor, rungOfClientFailure } from "../probe/remedy.ts";
import { failureOf } from "../probe/root-failure.ts";
import { RUNGS, type RungFailure, type RungName, type RungResult } from "../probe/rung.ts";

/** The two steps before the client's own, over this machine's network; each gives what it saw, or rejects. */
export interface Reach {
  readonly resolveName: (host: string) => Promise<string>;
  readonly reachPort: (host: string, port: number, timeoutMs: number, signal: AbortSignal) => Promise<string>;
}

/** What is tried. */
export interface ProbeOptions {
  readonly clock: Clock;
  readonly reach: Reach;
  readonly host: string;
  readonly port: number;
  /** How the client connects; its addresses are replaced. */
  readonly client: Omit<ClientOptions, "bootstrapServers">;
  /** Whether the client's settings ask for TLS and a login, for what is skipped. */
  readonly usesTls: boolean;
  readonly usesSasl: boolean;
  /** Where a record is written and read; neither is tried without. */
  readonly topic?: string;
  /** Of each step. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Climbs from the name to a record that comes back, and tells each rung when it is done; stops at the first that breaks, but for the advertised addresses, which are all tried. It writes one record, and only to the
 * topic that was named. Never throws but by the signal's reason.
 */
export async function* climbLadder(options: ProbeOptions): AsyncGenerator<RungResult, void, void> {
  const { host, port, client: clientOptions, timeoutMs, signal } = options;
  const subject = addressText(host, port);
  let broken: RungName | undefined;
  for await (const result of reachAddress(host, port, options, false)) {
    yield result;
    if (result.state === "failed") broken = result.rung;
  }
  if (broken !== undefined) return yield* restAfter(broken, subject, options);
  const client = createClient({ ...clientOptions, bootstrapServers: [subject], apiTimeoutMs: timeoutMs, signal });
  try {
    yield* climbWithClient(client, subject, options);
  } finally {
    await client.close({ timeoutMs: 0 }).catch(() => {});
  }
}

async function* reachAddress(
  host: string,
  port: number,
  { clock, reach, timeoutMs, signal }: ProbeOptions,
  isAdvertised: boolean,
): AsyncGenerator<RungResult> {
  const steps = [
    ["dns", () => reach.resolveName(host)],
    ["tcp", () => reach.reachPort(host, port, timeoutMs, signal)],
  ] as const;
  for (const [rung, step] of steps) {
    const began = clock.monotonicMs();
    const subject = rung === "dns" ? host : addressText(host, port);
    let detail: string;
    try {
      detail = await step();
    } catch (error) {
      signal.throwIfAborted();
      yield failed(rung, subject, failureOf(error), host, port, isAdvertised, clock.monotonicMs() - began);
      return;
    }
    yield { rung, subject, state: "ok", detail, tookMs: clock.monotonicMs() - began };
  }
}

async function* climbWithClient(client: Client, subject: string, options: ProbeOptions): AsyncGenerator<RungResult> {
  const { clock, host, port, usesTls, usesSasl, signal } = options;
  const admin = client.admin();
  const began = clock.monotonicMs();
  let cluster: Awaited<ReturnType<typeof admin.describeCluster>>;
  try {
    cluster = await admin.describeCluster({ signal });
  } catch (error) {
    signal.throwIfAborted();
    const failure = failureOf(error);
    const rung = rungOfClientFailure(failure);
    yield* rungsUpTo(rung, subject, usesTls, usesSasl);
    yield failed(rung, subject, failure, host, port, false, clock.monotonicMs() - began);
    return yield* restAfter(rung, subject, options);
  }
  const tookMs = clock.monotonicMs() - began;
  yield* rungsUpTo("metadata", subject, usesTls, usesSasl);
  const nodes = cluster.nodes.map((node) => `${node.nodeId} at ${addressText(node.host, node.port)}`).join(", ");
  yield { rung: "metadata", subject, state: "ok", detail: `cluster ${cluster.clusterId ?? "without id"}; brokers ${nodes}`, tookMs };
  let isBroken = false;
  for (const node of cluster.nodes) {
    const result = await reachAdvertised(node, options);
    isBroken ||= result.state === "failed";
    yield result;
  }
  if (isBroken) return yield* restAfter("advertised", subject, options);
  yield* exchangeRecord(client, options);
}

/** A client that asked for the cluster has climbed all of these. */
function* rungsUpTo(end: RungName, subject: string, usesTls: boolean, usesSasl: boolean): Generator<RungResult> {
  const details: Partial<Record<RungName, string | undefined>> = {
    tls: usesTls ? "the certificate is trusted, and is the broker's" : undefined,
    sasl: usesSasl ? "the login was taken" : undefined,
    kafka: "it speaks Kafka's protocol",
  };
  for (const rung of ["tls", "sasl", "kafka"] as const) {
    if (rung === end) return;
    const detail = details[rung];
    yield detail === undefined
      ? { rung, subject, state: "skipped", detail: "security.protocol does not ask for it" }
      : { rung, subject, state: "ok", detail };
  }
}

async function reachAdvertised(
  node: { readonly nodeId: number; readonly host: string; readonly port: number },
  options: ProbeOptions,
): Promise<RungResult> {
  const subject = `broker ${node.nodeId}, ${addressText(node.host, node.port)}`;
  let tookMs = 0;
  for await (const result of reachAddress(node.host, node.port, options, true)) {
    tookMs += result.tookMs ?? 0;
    if (result.state === "failed") return { ...result, rung: "advertised", subject };
  }
  const isElsewhere = isLoopback(node.host) && !isLoopback(options.host);
  const note = isElsewhere ? ", but that is this machine itself: from the broker's own network only by chance the same" : "";
  return { rung: "advertised", subject, state: "ok", detail: `reached${note}`, tookMs };
}

async function* exchangeRecord(client: Client, { clock, topic, host, port, signal, timeoutMs }: ProbeOptions): AsyncGenerator<RungResult> {
  if (topic === undefined) {
    for (const rung of ["produce", "consume"] as const)
      yield { rung, subject: "no topic", state: "skipped", detail: "name a topic to write a record and read it back" };
    return;
  }
  let began = clock.monotonicMs();
  let rung: "produce" | "consume" = "produce";
  try {
    const producer = client.producer({ lingerMs: 0, deliveryTimeoutMs: timeoutMs, requestTimeoutMs: timeoutMs });
    const value = Buffer.from(`ottla probe ${crypto.randomUUID()}`);
    const { partition, offset } = await producer.send({ topic, value }, { signal });
    await producer.close({ timeoutMs });
    yield {
      rung,
      subject: topic,
      state: "ok",
      detail: `acknowledged at offset ${offset} of partition ${partition}`,
      tookMs: clock.monotonicMs() - began,
    };
    began = clock.monotonicMs();
    rung = "consume";
    const consumer = client.consumer({ enableAutoCommit: false });
    consumer.assign([{ topic, partition }]);
    consumer.seek({ topic, partition }, offset ?? 0);
    let isBack = false;
    while (!isBack && clock.monotonicMs() - began < timeoutMs) {
      signal.throwIfAborted();
      for (const batch of await consumer.poll(500, { signal }))
        for (const record of batch) isBack ||= record.value !== null && value.equals(record.value);
    }
    await consumer.close({ timeoutMs });
    if (!isBack) throw Object.assign(new Error(`The record did not come back within ${timeoutMs} ms.`), { code: "CALL_TIMEOUT" });
    yield { rung, subject: topic, state: "ok", detail: "the record came back", tookMs: clock.monotonicMs() - began };
  } catch (error) {
    signal.throwIfAborted();
    yield failed(rung, topic, failureOf(error), host, port, false, clock.monotonicMs() - began);
    if (rung === "produce") yield { rung: "consume", subject: topic, state: "notReached", detail: "produce failed" };
  }
}

function failed(
  rung: RungName,
  subject: string,
  failure: RungFailure,
  host: string,
  port: number,
  isAdvertised: boolean,
  tookMs: number,
): RungResult {
  return {
    rung,
    subject,
    state: "failed",
    detail: failure.message,
    remedy: remedyFor(failure, { rung, host, port, isAdvertised }),
    tookMs,
  };
}

/** What was not tried, since a rung before it broke. */
function* restAfter(broken: RungName, subject: string, { topic }: ProbeOptions): Generator<RungResult> {
  for (const rung of RUNGS.slice(RUNGS.indexOf(broken) + 1)) {
    if ((rung === "produce" || rung === "consume") && topic === undefined) continue;
    yield {
      rung,
      subject: topic !== undefined && (rung === "produce" || rung === "consume") ? topic : subject,
      state: "notReached",
      detail: `${broken} failed`,
    };
  }
}

function addressText(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
