import type { Api } from "@ottla/protocol";
import type { ClientError } from "../client-error.ts";
import type { ClientDeps } from "../deps.ts";
import { Lifetime, lifetimeOf } from "../lifetime.ts";
import { backoffMs } from "../net/backoff.ts";
import type { VersionBounds } from "../net/broker-versions.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { ResolvedClientOptions } from "../options/client-options.ts";
import { CallLimit } from "./call-limit.ts";
import { type CoordinatorKind, Coordinators, disprovesCoordinator } from "./coordinators.ts";
import { callOn, Lane } from "./lane.ts";
import { MadeTopics } from "./made-topics.ts";
import { MetadataCache } from "./metadata-cache.ts";
import { ReachabilityWatch } from "./reachability.ts";
import { withRetries } from "./retries.ts";

/** What producers, consumers and admins of one client share: metadata and knowledge of coordinators. Connections each has its own. */
export class Cluster {
  readonly deps: ClientDeps;
  readonly options: ResolvedClientOptions;
  readonly metadata: MetadataCache;
  readonly madeTopics: MadeTopics;
  readonly coordinators = new Coordinators();
  readonly reachability: ReachabilityWatch;
  /** Of the client: everything that waits ends with it. */
  readonly lifetime = new Lifetime();

  constructor(deps: ClientDeps, options: ResolvedClientOptions) {
    this.deps = deps;
    this.options = options;
    this.madeTopics = new MadeTopics(deps.clock);
    this.reachability = new ReachabilityWatch(deps, options.onReachability);
    this.metadata = new MetadataCache(deps, options, this.lifetime, (snapshot) => new Lane(deps, options, snapshot, this));
  }

  openLane(): Lane {
    return new Lane(this.deps, this.options, () => this.metadata.current, this);
  }

  /** What bounds a call that starts now and belongs to `life` (the client or a part of it that ends with it) and to something shorter in it. */
  limit(options: CallOptions = {}, life: Lifetime = this.lifetime, within?: Lifetime): CallLimit {
    const lives = [life];
    if (within !== undefined) lives.unshift(within);
    if (options.signal !== undefined) lives.unshift(lifetimeOf(options.signal));
    return new CallLimit(this.deps.clock, options.timeoutMs ?? this.options.apiTimeoutMs, lives);
  }

  /** See {@link withRetries}. */
  retrying<T>(what: string, limit: CallLimit, attempt: () => Promise<T>, onRetry?: (error: unknown) => void): Promise<T> {
    return withRetries(this.deps, this.options, what, limit, attempt, onRetry);
  }

  /** Waits before what has failed so often is asked again. False, and at once: not within the limit. Throws what has ended the call. */
  async paused(failures: number, limit: CallLimit): Promise<boolean> {
    const { retryBackoffMs, retryBackoffMaxMs } = this.options;
    const pauseMs = backoffMs(failures, retryBackoffMs, retryBackoffMaxMs, this.deps.random);
    if (this.deps.clock.monotonicMs() + pauseMs >= limit.deadlineMs) return false;
    await limit.sleep(pauseMs);
    limit.throwIfEnded();
    return true;
  }

  /**
   * One call to the coordinator of `key`, tried again while the answer's error (thrown by `check`) is one that time heals.
   */
  callCoordinator<Request, Response, Result>(
    lane: Lane,
    kind: CoordinatorKind,
    key: string,
    api: Api<Request, Response>,
    makeRequest: (version: number) => Request,
    check: (response: Response) => Result,
    limit: CallLimit,
    bounds: VersionBounds = {},
  ): Promise<Result> {
    return this.retrying(
      `${api.name} for "${key}"`,
      limit,
      async () => check(await callOn(await this.coordinators.connect(lane, kind, key), api, makeRequest, { ...bounds, limit })),
      (error) => {
        if (disprovesCoordinator(error)) this.coordinators.forget(kind, key);
      },
    );
  }

  /** Ends all that still waits, on every lane. */
  close(cause: ClientError): void {
    this.lifetime.end(cause);
  }
}
