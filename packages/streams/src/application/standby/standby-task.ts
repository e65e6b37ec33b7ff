import { partitionKey } from "../partition-key.ts";
import type { ChangelogPosition, TaskStores } from "../state/task-stores.ts";

/** A changelog that a copy follows. */
export interface FollowedChangelog {
  readonly copy: StandbyTask;
  readonly changelog: ChangelogPosition;
  /** Records at it and behind it are not to be in the copy yet: of a topic that is also input, what the group has not committed. */
  limit: number;
  /** It has come to its limit; the rest is fetched again when that goes up. */
  isHeld: boolean;
  restoredCount: number;
}

/** A copy of a task's stores that is kept up to date while the task runs elsewhere. */
export class StandbyTask {
  readonly stores: TaskStores;
  readonly followed: ReadonlyMap<string, FollowedChangelog>;
  savedAtMs: number;

  constructor(stores: TaskStores, nowMs: number) {
    this.stores = stores;
    // Copies answer queries that allow it, and become a task's stores at any time.
    stores.isAsked = true;
    this.savedAtMs = nowMs;
    this.followed = new Map(
      stores.changelogs.map((changelog) => [
        partitionKey(changelog.topic, changelog.partition),
        { copy: this, changelog, limit: changelog.isSource ? 0 : Infinity, isHeld: false, restoredCount: 0 },
      ]),
    );
  }

  get name(): string {
    return this.stores.name;
  }
}
