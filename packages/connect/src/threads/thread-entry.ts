// What a thread of tasks begins with where no bundle has an entry of its own.
import { runTaskThread } from "./task-thread.ts";

await runTaskThread();
