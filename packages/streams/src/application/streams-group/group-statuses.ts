import type { Logger } from "@ottla/base";
import type { StreamsGroupNews, StreamsGroupStatus } from "@ottla/client";
import { applicationShutDown, StreamsError } from "../../streams-error.ts";

/** So many heartbeats a topic may be missing that the application reads, as in Java. */
const MISSING_HEARTBEATS = 2;

/** What a group's statuses mean for one of its members: what is worth a word in the log, and what it cannot go on with. */
export class GroupStatuses {
  readonly #applicationId: string;
  readonly #logger: Logger;
  #told = "";
  #missingSinceMs: number | undefined;

  constructor(applicationId: string, logger: Logger) {
    this.#applicationId = applicationId;
    this.#logger = logger;
  }

  /** Why the member has to end; undefined: it goes on. */
  failureIn({ statuses, heartbeatIntervalMs }: StreamsGroupNews, nowMs: number): StreamsError | undefined {
    this.#say(statuses);
    const find = (name: StreamsGroupStatus["name"]) => statuses.find((status) => status.name === name);
    if (find("SHUTDOWN_APPLICATION") !== undefined) return applicationShutDown(this.#applicationId);
    const unequal = find("INCORRECTLY_PARTITIONED_TOPICS");
    if (unequal !== undefined) return this.#refused("STREAMS_CO_PARTITIONING", unequal);
    const missing = find("MISSING_SOURCE_TOPICS");
    if (missing === undefined) {
      this.#missingSinceMs = undefined;
      return undefined;
    }
    this.#missingSinceMs ??= nowMs;
    if (nowMs - this.#missingSinceMs < MISSING_HEARTBEATS * heartbeatIntervalMs) return undefined;
    return this.#refused("STREAMS_UNKNOWN_TOPIC", missing);
  }

  #refused(code: "STREAMS_CO_PARTITIONING" | "STREAMS_UNKNOWN_TOPIC", { name, detail }: StreamsGroupStatus): StreamsError {
    return new StreamsError(code, `The group of application ${this.#applicationId} has no tasks to give (${name}): ${detail}`);
  }

  /** Each once, as long as it stays as it is. */
  #say(statuses: readonly StreamsGroupStatus[]): void {
    const said = JSON.stringify(statuses);
    if (said === this.#told) return;
    this.#told = said;
    const waiting = statuses.filter(({ name }) => name === "ASSIGNMENT_DELAYED");
    const wrong = statuses.filter((status) => !waiting.includes(status));
    const application = this.#applicationId;
    if (waiting.length > 0) this.#logger.info("the group waits for more members before it gives tasks", { application });
    if (wrong.length === 0) return;
    const words = wrong.map(({ name, detail }) => `${name}: ${detail}`).join("; ");
    this.#logger.warn("the group is not as it should be", { application, statuses: words });
  }
}
