import type { Api } from "@ottla/protocol";
import type { ClientDeps } from "../deps.ts";
import type { ResolvedClientOptions } from "../options/client-options.ts";
import { type CoordinatorKind, Coordinators, disprovesCoordinator } from "./coordinators.ts";
import { callOn, Lane, type LaneCallOptions } from "./lane.ts";
import { MetadataCache } from "./metadata-cache.ts";
import { withRetries } from "./retries.ts";

/** What producers, consumers and admins of one client share: metadata and knowledge of coordinators. Connections each has its own. */
export class Cluster {
  readonly deps: ClientDeps;
  readonly options: ResolvedClientOptions;
  readonly metadata: MetadataCache;
  readonly coordinators = new Coordinators();

  constructor(deps: ClientDeps, options: ResolvedClientOptions) {
    this.deps = deps;
    this.options = options;
    this.metadata = new MetadataCache(deps, options, (snapshot) => new Lane(deps, options, snapshot));
  }

  openLane(): Lane {
    return new Lane(this.deps, this.options, () => this.metadata.current);
  }

  /** Milliseconds on the monotonic clock when a call that starts now must be done. */
  deadline(timeoutMs: number | undefined): number {
    return this.deps.clock.monotonicMs() + (timeoutMs ?? this.options.apiTimeoutMs);
  }

  /** See {@link withRetries}. */
  retrying<T>(what: string, deadlineMs: number, attempt: () => Promise<T>, onRetry?: (error: unknown) => void): Promise<T> {
    return withRetries(this.deps, this.options, what, deadlineMs, attempt, onRetry);
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
    deadlineMs: number,
    callOptions: LaneCallOptions = {},
  ): Promise<Result> {
    return this.retrying(
      `${api.name} for "${key}"`,
      deadlineMs,
      async () => check(await callOn(await this.coordinators.connect(lane, kind, key), api, makeRequest, callOptions)),
      (error) => {
        if (disprovesCoordinator(error)) this.coordinators.forget(kind, key);
      },
    );
  }

  close(): void {
    this.metadata.close();
  }
}
