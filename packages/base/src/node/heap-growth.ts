import { setFlagsFromString } from "node:v8";

/**
 * Has V8 collect a heap when it has grown by so many hundredths of what was alive after the collection before; by itself it waits for two fifths, on a machine with much memory for four times as much. It costs
 * collections, most of whose work is beside the thread. Of the whole process, all threads: for one that does a single thing.
 */
export function boundHeapGrowth(percent: number): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}
