import { printNumber, printSeconds } from "../quantity/print-quantity.ts";
import type { MetricsSnapshot, StreamsLoad } from "../snapshot/metrics-snapshot.ts";
import type { LagCause } from "./lag-cause.ts";

/** A consumer that waits for records for less of its time than this has all hands full. */
const IDLE_MIN = 0.1;
const BUSY_MIN = 0.9;
const HANDLERS_IDLE_MIN = 0.2;

/** The group whose lag is explained. */
export interface ExplainedGroup {
  readonly groupId: string;
  readonly members: readonly { readonly clientId: string }[];
}

/** What pages of metrics say of why a group is behind: of its own clients and Streams instances, and of brokers. Of a page that is somebody else's nothing is said. */
export function explainByMetrics({ groupId, members }: ExplainedGroup, metrics: MetricsSnapshot): readonly LagCause[] {
  const own = new Set(members.map(({ clientId }) => clientId));
  const isOwn = ({ application }: StreamsLoad): boolean =>
    application === groupId || application.startsWith(`${groupId}-`) || [...own].some((id) => id.startsWith(application));
  return [
    ...metrics.streams.filter(isOwn).flatMap(streamsCauses),
    ...metrics.clients.filter(({ clientId }) => own.has(clientId)).flatMap(clientCauses),
    ...metrics.brokers.flatMap(brokerCauses),
  ];
}

function streamsCauses(load: StreamsLoad): readonly LagCause[] {
  const { application, page, state, failedThreads = 0, restoringTasks, restoreRemaining, threads } = load;
  const causes: LagCause[] = [];
  if (failedThreads > 0 || state === "ERROR" || state === "PENDING_ERROR")
    causes.push({
      ...NOTHING_MORE,
      id: "streams-failed",
      what: `An instance of the Streams application has ${failedThreads > 0 ? `${failedThreads} failed threads` : "stopped with an error"}: their tasks stand still, or crowd the others.`,
      evidence: `state ${state ?? "not told"}, failed-stream-threads ${failedThreads} (metrics of ${page})`,
      remedy: "Read in its log what they died of, mend that, and start the instance again.",
    });
  if (restoringTasks > 0)
    causes.push({
      ...NOTHING_MORE,
      id: "streams-restoring",
      what: `${restoringTasks} tasks are filling their stores, and read nothing until they are done.`,
      evidence: `active-restoring-tasks ${restoringTasks}${restoreRemaining === undefined ? "" : `, ${printNumber(restoreRemaining)} records left`} (metrics of ${page})`,
      remedy: "Wait for it. Standbys (num.standby.replicas=1) and a state.dir that outlives the process make the next time short.",
    });
  const busy = threads.map(({ processRatio = 0, commitRatio = 0 }) => processRatio + commitRatio);
  if (busy.length > 0 && busy.every((share) => share > BUSY_MIN))
    causes.push({
      ...NOTHING_MORE,
      id: "streams-saturated",
      what: `No thread of ${application} has time left.`,
      evidence: `${threads
        .map(({ thread }, i) => `${thread}: ${percent(busy[i]!)} at work`)
        .slice(0, 3)
        .join(", ")} (metrics of ${page})`,
      remedy: "More instances or threads while there are tasks for them; else cheaper processing, or more partitions.",
    });
  return causes;
}

function clientCauses({ clientId, page, pollIdle, pollGapMaxMs, pollGapAvgMs }: MetricsSnapshot["clients"][number]): readonly LagCause[] {
  if (pollIdle === undefined || pollIdle >= IDLE_MIN) return [];
  const gap = pollGapAvgMs === undefined ? "" : `, ${printSeconds(pollGapAvgMs / 1000)} from poll to poll`;
  const longest = pollGapMaxMs === undefined ? "" : `, ${printSeconds(pollGapMaxMs / 1000)} at most`;
  return [
    {
      ...NOTHING_MORE,
      id: "busy-client",
      what: `Client ${clientId} spends ${percent(1 - pollIdle)} of its time with records, not waiting for them: the program is the bound.`,
      evidence: `poll-idle-ratio-avg ${pollIdle}${gap}${longest} (metrics of ${page})`,
      remedy: "Make a record take less (its calls, in batches or side by side), or add members while there are partitions for them.",
    },
  ];
}

function brokerCauses({ page, handlerIdle }: MetricsSnapshot["brokers"][number]): readonly LagCause[] {
  if (handlerIdle === undefined || handlerIdle >= HANDLERS_IDLE_MIN) return [];
  return [
    {
      ...NOTHING_MORE,
      id: "busy-broker",
      what: `The broker of ${page} has hardly a free request handler: fetches wait in its queue.`,
      evidence: `request handlers idle for ${percent(handlerIdle)}`,
      remedy: "See who asks so much: ottla doctor --only CLU,BRK with the pages of all brokers.",
    },
  ];
}

const NOTHING_MORE = { commands: [], partitions: [] } as const;

function percent(share: number): string {
  return `${printNumber(Math.round(share * 1000) / 10)} %`;
}
