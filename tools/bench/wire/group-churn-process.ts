/** A group whose members come, go and come back, by bare requests from a process of its own: `node group-churn-process.ts TASK`. Prints one JSON line. */
import { setTimeout as sleep } from "node:timers/promises";
import { RawConnection } from "@ottla/conformance/wire/raw-connection";
import { ClassicMember } from "./classic-member.ts";
import { ConsumerMember } from "./consumer-member.ts";
import { findCoordinator } from "./find-coordinator.ts";
import type { ChurningMember, GroupChurnResult, GroupChurnTask } from "./group-churn-task.ts";

/** How long the group must stay as it is to count as stable: no timer of a member is as long. */
const STEADY_MS = 2000;
/** Members notice at their next heartbeat, and send those in step: each time one goes in another moment between two. */
const CHANGES = 5;
const POLL_MS = 20;
const GIVE_UP_MS = 120_000;

async function main(task: GroupChurnTask): Promise<GroupChurnResult> {
  const first = await RawConnection.open(task.bootstrap);
  await findCoordinator(first, task.groupId);
  first.close();
  let changedMs = 0;
  const members: ChurningMember[] = [];
  const newMember = async (): Promise<ChurningMember> => {
    const connection = await RawConnection.open(task.bootstrap);
    const place = { task, connection, onChange: () => void (changedMs = performance.now()) };
    return task.protocol === "classic" ? new ClassicMember(place) : new ConsumerMember(place);
  };
  /** Resolves with the time from `sinceMs` until the last change before the group was stable, and stayed so. */
  const stable = async (sinceMs: number): Promise<number> => {
    for (;;) {
      const isStable =
        members.every(({ isSettled, epoch }) => isSettled && epoch === members[0]!.epoch) && isShared(members, task.partitions);
      if (isStable && performance.now() - changedMs > STEADY_MS) return changedMs - sinceMs;
      if (performance.now() - sinceMs > GIVE_UP_MS) throw new Error(`${task.protocol}: the group was not stable in time.`);
      await sleep(POLL_MS);
    }
  };
  const come = async (count: number): Promise<number> => {
    const added = await Promise.all(Array.from({ length: count }, newMember));
    const startMs = performance.now();
    changedMs = startMs;
    members.push(...added);
    for (const member of added) void member.run().catch(fail);
    return stable(startMs);
  };
  const joinMs = await come(task.members);
  let leaveMs = 0;
  let returnMs = 0;
  for (let i = 0; i < CHANGES; i++) {
    await sleep((task.intervalMs * i) / CHANGES);
    const startMs = performance.now();
    changedMs = startMs;
    await members.splice(task.members >> 1, 1)[0]!.leave();
    leaveMs += (await stable(startMs)) / CHANGES;
    await sleep((task.intervalMs * i) / CHANGES);
    returnMs += (await come(1)) / CHANGES;
  }
  return { joinMs, leaveMs, returnMs };
}

/** Whether every partition has one owner, and none has many more than another. */
function isShared(members: readonly ChurningMember[], partitions: number): boolean {
  const owned = members.flatMap(({ owned: own }) => own);
  const most = Math.ceil(partitions / members.length);
  return owned.length === partitions && new Set(owned).size === partitions && members.every(({ owned: own }) => own.length <= most);
}

function fail(error: unknown): never {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
}

process.stdout.write(`${JSON.stringify(await main(JSON.parse(process.argv[2]!) as GroupChurnTask))}\n`);
process.exit(0);
