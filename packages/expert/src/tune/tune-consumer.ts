import type { KafkaVersion } from "../catalogue/settings-catalogue.ts";
import type { LagReport } from "../lag/lag-report.ts";
import type { SettingsDocument } from "../lint/document.ts";
import { Settings } from "../lint/settings.ts";
import { printNumber, printSeconds } from "../quantity/print-quantity.ts";
import type { Tuned, TunedSetting } from "./tune.ts";

const MAX_RECORDS = "max.poll.records";
const INTERVAL = "max.poll.interval.ms";
/** Of the interval: the rest is for records that take longer than most. */
const SHARE_OF_INTERVAL = 0.5;
const MINUTE_MS = 60_000;

/** How fast a member of a group works. */
interface MemberPace {
  readonly memberId: string;
  readonly partitions: number;
  readonly consumedPerS: number;
  /** From one record to the next: what a record takes the member where records waited for it all the time, else at most that. */
  readonly recordMs: number;
  /** Whether records wait for it. */
  readonly isBusy: boolean;
}

/** What a group's measured pace makes of its members' settings. */
export interface TunedConsumer extends Tuned {
  readonly groupId: string;
  readonly watchedMs: number;
  /** The slowest first. Members that committed nothing meanwhile are none of them. */
  readonly members: readonly MemberPace[];
  /** The member that the settings are for; undefined where none was busy, so that nothing can be said. */
  readonly slowest: MemberPace | undefined;
  /** How many records fit into half of the interval at its pace. */
  readonly fitting: number | undefined;
  readonly notes: readonly string[];
}

/** `max.poll.records` from what a record takes the slowest busy member of a group, and how many members the group needs. The settings are a file's, or a version's defaults. */
export function tuneConsumer(report: LagReport, document: SettingsDocument | undefined, version: KafkaVersion): TunedConsumer {
  const settings = new Settings(document ?? { file: "", part: undefined, kind: "consumer", entries: [] }, version);
  const members = pacesOf(report);
  const slowest = members.find(({ isBusy }) => isBusy);
  const common = { preset: "consumer" as const, groupId: report.groupId, watchedMs: report.observedMs, members, slowest };
  const unknown = [MAX_RECORDS, INTERVAL].filter((key) => settings.has(key) && settings.given(key) === undefined);
  const [records, intervalMs] = [MAX_RECORDS, INTERVAL].map((key) => Number(settings.given(key) ?? settings.effective(key)));
  if (slowest === undefined || unknown.length > 0 || !(records! > 0) || !(intervalMs! > 0)) {
    const why = slowest === undefined ? [idleNote(report, members)] : [];
    return { ...common, changes: [], kept: [], unknown, fitting: undefined, notes: why };
  }
  const fitting = Math.floor((SHARE_OF_INTERVAL * intervalMs!) / slowest.recordMs);
  const change = (key: string, to: number, reason: string, cost: string): TunedSetting => ({
    role: "consumer",
    key,
    from: settings.given(key) ?? settings.effective(key),
    isDefault: !settings.has(key),
    to: String(to),
    reason,
    cost,
  });
  const took = `a record takes ${printSeconds(slowest.recordMs / 1000)}`;
  const changes =
    records! <= fitting
      ? []
      : fitting >= 1
        ? [
            change(
              MAX_RECORDS,
              fitting,
              `${took}: more than ${printNumber(fitting)} do not fit into half of ${INTERVAL}=${intervalMs}`,
              "polls come more often; what is fetched stays in memory meanwhile",
            ),
          ]
        : [
            change(MAX_RECORDS, 1, `${took}: not even one fits into half of ${INTERVAL}=${intervalMs}`, "a poll for each record"),
            change(
              INTERVAL,
              Math.ceil(slowest.recordMs / SHARE_OF_INTERVAL / MINUTE_MS) * MINUTE_MS,
              `${took}, and may take twice as long`,
              "a member that hangs keeps its partitions for so long",
            ),
          ];
  return { ...common, changes, kept: changes.length === 0 ? [MAX_RECORDS] : [], unknown, fitting, notes: membersNote(report, slowest) };
}

function pacesOf({ partitions }: LagReport): readonly MemberPace[] {
  const owned = Map.groupBy(
    partitions.filter(({ memberId }) => memberId !== undefined),
    ({ memberId }) => memberId!,
  );
  return [...owned]
    .map(([memberId, own]) => {
      const consumedPerS = own.reduce((sum, each) => sum + (each.consumedPerS ?? 0), 0);
      return {
        memberId,
        partitions: own.length,
        consumedPerS,
        recordMs: 1000 / consumedPerS,
        isBusy: own.some(({ lag }) => (lag ?? 0) > 0),
      };
    })
    .filter(({ consumedPerS }) => consumedPerS > 0)
    .sort((a, b) => b.recordMs - a.recordMs);
}

function idleNote({ members, totalLag }: LagReport, paces: readonly MemberPace[]): string {
  if (members === 0) return "The group has no members: what a record takes them cannot be seen.";
  if (paces.length === 0)
    return totalLag > 0
      ? "No member committed anything meanwhile: watch for longer, or ask why (ottla lag explain)."
      : "Nothing came and nothing waits: watch while records come.";
  return `No records waited, so that nobody worked as fast as he can: a record takes ${printSeconds(paces[0]!.recordMs / 1000)} at most. Watch while records wait.`;
}

/** As many as the records that come keep busy. */
function membersNote({ producedPerS, members, partitions }: LagReport, { recordMs }: MemberPace): readonly string[] {
  if (producedPerS === undefined || producedPerS <= 0) return [];
  const needed = Math.max(1, Math.ceil(Number(((producedPerS * recordMs) / 1000).toPrecision(12))));
  const has = `${needed} ${needed === 1 ? "member keeps" : "members keep"} up with ${printNumber(producedPerS)} records/s at this pace; there are ${members}, and ${partitions.length} partitions.`;
  return needed > partitions.length
    ? [`${has} More members than partitions stay idle: make the work of a record shorter, or work on several side by side.`]
    : [has];
}
