// npm run test:dump-log: our log files, read by Kafka's own org.apache.kafka.tools.DumpLogSegments without complaint.
import { dumpLog } from "./log/dump-log.ts";
import { writeLogs } from "./log/write-logs.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./process/temporary-folder.ts";

const folder = makeTemporaryFolder("dump-log");
try {
  const complaints: string[] = [];
  for (const log of await writeLogs(folder)) {
    const found = await dumpLog(log);
    complaints.push(...found);
    console.log(`${found.length === 0 ? "ok    " : "FAILED"} ${log.name}: ${log.batches} batches, ${log.records} records`);
  }
  for (const complaint of complaints) console.error(complaint);
  process.exitCode = complaints.length === 0 ? 0 : 1;
} finally {
  removeTemporaryFolder(folder);
}
