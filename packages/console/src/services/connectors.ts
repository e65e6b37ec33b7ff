import type { Clock } from "@ottla/base";
import { MASKED, maskedTrace } from "../masking/mask-connect.ts";
import type { ConnectRest } from "@ottla/connect/rest-client";
import { KeptAnswers } from "./kept-answers.ts";
import { type FailureReason, failureReason } from "./failure-reason.ts";

/** Whoever asks within this time is given the same list. */
const FRESH_MS = 2_000;

/** As Connect's REST API answers it. */
interface Listed {
  readonly info?: { readonly config: Readonly<Record<string, string>>; readonly type: string };
  readonly status?: ConnectorStatus;
}

/** A part that runs: a connector, or one of its tasks. */
interface RunStatus {
  readonly state: string;
  readonly worker_id: string;
  readonly trace?: string;
}

/** The status of a connector, as Connect's REST API answers it. */
export interface ConnectorStatus {
  readonly name: string;
  readonly type: string;
  readonly connector: RunStatus;
  readonly tasks: readonly (RunStatus & { readonly id: number })[];
}

/** A connector as lists show it. */
export interface ConnectorRow {
  readonly name: string;
  readonly type: string;
  readonly className: string;
  readonly state: string;
  readonly tasks: number;
  readonly failed: number;
  readonly topics: string;
  readonly why: string | undefined;
}

/** The connectors of a Connect cluster: the list is read whole, and kept for two seconds. */
export class Connectors {
  readonly #connect: ConnectRest;
  readonly #kept: KeptAnswers<readonly ConnectorRow[]>;

  constructor(connect: ConnectRest, clock: Clock) {
    this.#connect = connect;
    this.#kept = new KeptAnswers(clock, FRESH_MS, 1);
  }

  rows(): Promise<readonly ConnectorRow[]> {
    return this.#kept.get("all", async () => {
      const all = await this.#connect.get<Readonly<Record<string, Listed>>>("/connectors?expand=info&expand=status");
      return Object.entries(all).map(([name, listed]) => rowOf(name, listed));
    });
  }
}

/** A status with the reason of what failed; `isMasked`: without what a record may say in it. Of the trace so many signs are shown, and null where that is none. */
export function statusView({ state, worker_id: workerId, trace }: RunStatus, isMasked: boolean, traceChars: number) {
  const found: FailureReason | null = trace === undefined ? null : failureReason(trace);
  const reason = isMasked && found !== null ? { ...found, what: MASKED } : found;
  const shown = trace === undefined || traceChars === 0 ? null : (isMasked ? maskedTrace(trace) : trace).slice(0, traceChars);
  return { state, workerId, trace: shown, reason, isFailing: isFailing({ state, trace }) };
}

/** It has failed, or has and is begun anew by its worker. */
function isFailing({ state, trace }: { readonly state: string; readonly trace?: string | undefined }): boolean {
  return state === "FAILED" || (state === "RESTARTING" && trace !== undefined);
}

function rowOf(name: string, { info, status }: Listed): ConnectorRow {
  const tasks = status?.tasks ?? [];
  const bad = [status?.connector, ...tasks].find((part) => part !== undefined && isFailing(part));
  const { topics, topic } = info?.config ?? {};
  return {
    name,
    type: info?.type ?? status?.type ?? "unknown",
    className: info?.config["connector.class"] ?? "",
    state: status?.connector.state ?? "UNKNOWN",
    tasks: tasks.length,
    failed: tasks.filter(isFailing).length,
    topics: topics ?? topic ?? info?.config["topics.regex"] ?? "",
    why: bad?.trace === undefined ? undefined : failureReason(bad.trace).what,
  };
}
