import type { Clock } from "@ottla/base";
import type { StateStore } from "../../stores/store.ts";
import type { TaskStores } from "../state/task-stores.ts";
import type { ActiveTask } from "../worker/active-task.ts";
import type { CopyRole, Position } from "./store-query.ts";

/** A copy of one partition of a store in this loop. */
export interface StoreCopy {
  readonly store: StateStore;
  readonly role: CopyRole;
  /** It is being filled. */
  readonly isRestoring: boolean;
  readonly position: Position;
  /** Changelog records that it is behind; null: not known. */
  readonly lag: number | null;
  /** Of one that is being filled: resolves when all that it holds can be looked up without more ado. */
  readonly settle?: (clock: Pick<Clock, "monotonicMs" | "nextTurn">) => Promise<void>;
}

/** The copy that a task writes, if the store is one of its own. */
export function copyOf(task: ActiveTask, name: string): StoreCopy | undefined {
  const store = task.stores.opened.all.get(name);
  if (store?.isOpen !== true || task.isClosed) return undefined;
  const { isRestoring } = task;
  return {
    store,
    role: "active",
    isRestoring,
    lag: isRestoring ? lagIn(task.stores, name) : 0,
    ...(isRestoring && { settle: (clock) => task.stores.settleInTurns(clock) }),
    get position() {
      const offsets = isRestoring
        ? []
        : task.inputs.map(({ topic, partition }) => [topic, { [partition]: task.task.doneOffset(topic, partition) }] as const);
      return Object.fromEntries([...loggedIn(task.stores, name), ...offsets]);
    },
  };
}

/** The copy that is kept for a task elsewhere. */
export function standbyCopyOf(stores: TaskStores, name: string): StoreCopy | undefined {
  const store = stores.opened.all.get(name);
  if (store?.isOpen !== true) return undefined;
  return { store, role: "standby", isRestoring: false, lag: lagIn(stores, name), position: Object.fromEntries(loggedIn(stores, name)) };
}

function lagIn({ changelogs }: TaskStores, name: string): number | null {
  const changelog = changelogs.find(({ store }) => store === name);
  return changelog === undefined ? null : Math.max(0, changelog.end - (changelog.position ?? 0));
}

function loggedIn({ changelogs }: TaskStores, name: string): (readonly [string, Readonly<Record<number, number>>])[] {
  const changelog = changelogs.find(({ store }) => store === name);
  return changelog?.position === undefined ? [] : [[changelog.topic, { [changelog.partition]: changelog.position }]];
}
