import type { ChangeRules } from "../change-rules.ts";
import type { ManualChange } from "../cluster-change.ts";
import type { ObservedOf } from "../observed.ts";

/** Nothing but words: no command does it, and whether it is done cannot be seen from here. */
export const manualRules: ChangeRules<ManualChange, ObservedOf["manual"]> = {
  subject: ({ subject }) => subject,
  sentence: ({ instruction }) => instruction,
  risk: () => ({ class: "low", why: "It is left to you." }),
  kafka: () => undefined,
  ottla: () => undefined,
  inverse: () => undefined,
  doneWhen: () => "you have done it",
  isDone: () => false,
};
