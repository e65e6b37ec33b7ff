// The script of a part's thread, without the commands of the program.
import { runPartWorker } from "../parts/part-worker.ts";

await runPartWorker();
