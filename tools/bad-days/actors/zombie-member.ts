import { ErrorCode } from "@ottla/protocol";
import type { Client } from "./client.ts";
import { CoordinatorFinder } from "./coordinator-finder.ts";
import { commitOffset, type GroupActor } from "./group-offsets.ts";

const ROUNDS_MAX = 4;
/** Where no reader comes to. */
const FAR_OFFSET = 2_000_000;

/**
 * A member of a group that was held up while it left, or while a new generation began, and goes on committing under the old one: none of it may be kept. Where a coordinator's
 * memory was lost since, it may remember less than it had said, and nothing is judged.
 */
export async function zombieMember(client: Client, actor: GroupActor): Promise<void> {
  const { world, random } = client;
  const { incidents } = world.history;
  const coordinator = new CoordinatorFinder(client, "group", actor.group);
  const endsBefore = incidents.length;
  const mayMove = world.scenario.mishaps.includes("leader moved") || world.scenario.mishaps.includes("broker down");
  for (let round = random.nextInt(ROUNDS_MAX); round >= 0 && !world.isClosing; round--) {
    const nodeId = await coordinator.find();
    if (incidents.length !== endsBefore || mayMove) break;
    const place = { topic: world.topics[0]!, partition: 0, offset: FAR_OFFSET + random.nextInt(1000) };
    const code = nodeId === undefined ? undefined : await commitOffset(client, nodeId, actor, place);
    client.note("goes on after it was replaced in", actor.group, `epoch ${actor.epoch}`, `code ${code}`);
    if (code === ErrorCode.NONE && incidents.length === endsBefore)
      world.fault(
        `${client.name}: a commit to ${actor.group} under epoch ${actor.epoch} was taken after that epoch had ended for ${actor.memberId}`,
      );
    coordinator.forget();
    await client.pause(world.scenario.paceMs);
  }
  client.disconnect();
}
