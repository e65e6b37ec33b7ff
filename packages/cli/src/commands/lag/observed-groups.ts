import { systemClock } from "@ottla/base/node";
import type { Admin } from "@ottla/client";
import { partitionName } from "@ottla/expert";
import { PARTIAL_GROUPS, type UnseenPartition, type WatchedGroups, watchGroups } from "@ottla/expert/collect";
import { type CommandContext, type ParsedOptions, UsageError } from "../../command.ts";
import type { ResourceFailure } from "../../output.ts";
import { resourceFailure } from "../../unknown-resources.ts";

/** Longer than a week is no look any more. */
const SECONDS_MAX = 604_800;

/** Seconds of an option, in ms. Errors: {@link UsageError} outside of a tenth of a second (or 0) to a week. */
export function milliseconds(options: ParsedOptions, name: string, defaultS: number, minS = 0): number {
  const seconds = options.number(name) ?? defaultS;
  if (seconds >= minS && seconds <= SECONDS_MAX) return seconds * 1000;
  throw new UsageError(`--${name} is ${seconds}; it must be a number of seconds from ${minS} to ${SECONDS_MAX}.`);
}

/** Looks at the groups that were named, or at all, every so often. */
export function watchNamed(
  { signal, positionals }: CommandContext,
  admin: Admin,
  intervalMs: number,
  named: readonly string[] = positionals,
): AsyncGenerator<WatchedGroups, void, void> {
  return watchGroups(admin, { clock: systemClock, intervalMs, signal, named });
}

/** How many looks a watch takes at least. */
export function looksMin(forMs: number): number {
  return forMs > 0 ? 2 : 1;
}

/** What is known after watching for a time; at least one look. A line says how long it takes, when somebody is there to wait. */
export async function watchFor(
  context: CommandContext,
  admin: Admin,
  forMs: number,
  everyMs: number,
  named?: readonly string[],
): Promise<WatchedGroups> {
  const { stderr, signal } = context;
  if (forMs >= 2000 && stderr.isTTY) stderr.write(`Watching for ${forMs / 1000} s; Ctrl-C ends it.\n`);
  const began = performance.now();
  let last: WatchedGroups = { observations: new Map(), failures: [], unseen: [], mayLackGroups: false };
  // Whoever watches wants rates, which take two looks, however long one takes.
  let looks = 0;
  for await (last of watchNamed(context, admin, Math.max(1, Math.min(everyMs, forMs)), named))
    if (++looks >= looksMin(forMs) && performance.now() - began >= forMs) break;
  signal.throwIfAborted();
  return last;
}

/** What could not be looked at, as failures of the command. A group that was only listed may be gone by then, which is none. */
export function failuresOf(
  { failures, unseen }: Pick<WatchedGroups, "failures" | "unseen">,
  positionals: readonly string[],
): readonly ResourceFailure[] {
  return [
    ...failures
      .filter(({ groupId, error }) => positionals.includes(groupId) || error.code !== "GROUP_ID_NOT_FOUND")
      .map(({ groupId, error }) => resourceFailure("group", groupId, error)),
    ...unseenFailures(unseen),
  ];
}

/** Says that there may be groups which this login does not see. */
export function tellPartial({ stderr }: Pick<CommandContext, "stderr">, { mayLackGroups }: Pick<WatchedGroups, "mayLackGroups">): void {
  if (mayLackGroups) stderr.write(`ottla: NOT SEEN: there may be other groups; ${PARTIAL_GROUPS}\n`);
}

/** Partitions that a sentence names. */
const NAMED_MAX = 5;

/** A sentence for each group and reason, however many partitions it is about. Nothing waits in a topic that is gone. */
export function unseenFailures(unseen: readonly UnseenPartition[]): readonly ResourceFailure[] {
  const told = unseen.filter(({ error }) => error.code !== "UNKNOWN_TOPIC_OR_PARTITION");
  return [...Map.groupBy(told, ({ groupId, error }) => `${error.code} ${groupId}`).values()].map((alike) => {
    const [{ groupId, error }] = alike as [UnseenPartition];
    const names = alike.slice(0, NAMED_MAX).map(partitionName).join(", ");
    const more = alike.length > NAMED_MAX ? " and others" : "";
    const message = `the lag of ${alike.length === 1 ? "a partition" : `${alike.length} partitions`} is not known and in no sum (${names}${more}): ${error.message}`;
    return { name: groupId, error: error.code, message };
  });
}
