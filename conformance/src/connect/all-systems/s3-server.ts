// An S3 server of its own process that keeps its objects in a folder, so that it may die: `node s3-server.ts PORT FOLDER`.
import { startFakeS3 } from "../s3/fake-s3.ts";

const [port = "0", folder = ""] = process.argv.slice(2);
await startFakeS3(["lake"], { port: Number(port), folder });
process.stdout.write("ready\n");
