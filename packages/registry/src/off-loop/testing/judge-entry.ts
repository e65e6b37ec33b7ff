// A thread that judges, started from the sources.
import { runJudgeThread } from "../judge-thread.ts";

await runJudgeThread();
