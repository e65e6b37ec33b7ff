// A thread in which a user's module runs, which may do what it likes there. The module is its own entry: whoever starts one loads it for its address.
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { type ModuleQuestion, topologyOfModule } from "./topology-of-module.ts";

/** The name and role of such a thread. */
export const MODULE_THREAD = "ottla streams topology";

/** Where the code of the thread is. */
export const moduleThread: URL = new URL(import.meta.url);

/** What the thread is made with. */
export interface ModuleThreadData {
  readonly role: typeof MODULE_THREAD;
  readonly question: ModuleQuestion;
}

const { role, question } = (workerData ?? {}) as Partial<ModuleThreadData>;
if (!isMainThread && role === MODULE_THREAD && question !== undefined && parentPort !== null) {
  const port = parentPort;
  // Not awaited: a promise of this module that never settles would end the thread before the answer.
  void topologyOfModule(question).then((answer) => port.postMessage(answer));
  // An await in the user's module that nothing ends must not end the thread either: its limit is the starter's to keep.
  port.ref();
  port.on("message", () => {});
}
