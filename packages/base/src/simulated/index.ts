export { ControlledClock } from "./controlled-clock.ts";
export { FaultyDisk } from "./faulty-disk.ts";
export { MemoryDisk, type MemoryDiskOptions } from "./memory-disk.ts";
export { runsOf } from "./runs-of.ts";
export { SeededRandom } from "./seeded-random.ts";
export { SimulatedClock } from "./simulated-clock.ts";
export { type CrashOptions, type DiskFault, type DiskOperation, SimulatedDisk, type SimulatedDiskOptions } from "./simulated-disk.ts";
export { SimulatedNet, type SimulatedNetOptions } from "./simulated-net.ts";
export { testSeed } from "./test-seed.ts";
