import { after, test } from "node:test";
import { s3Sink } from "@ottla/connect/s3";
import { sinkChecks } from "@ottla/connect/testing";
import { startFakeS3 } from "../../../src/connect/s3/fake-s3.ts";

const fake = await startFakeS3(Array.from({ length: 40 }, (_, at) => `stage-${at}`));
after(() => fake[Symbol.asyncDispose]());
let stages = 0;

for (const { name, run } of sinkChecks({
  plugin: s3Sink,
  async makeStage() {
    const bucket = `stage-${stages++}`;
    return {
      properties: {
        "s3.bucket.name": bucket,
        "store.url": fake.url,
        "s3.region": "eu-central-1",
        "s3.path.style.access.enabled": "true",
        "aws.access.key.id": "k",
        "aws.secret.access.key": "s3cret-of-nobody",
        "format.class": "json",
        "flush.size": "5",
      },
      async stored() {
        return [...fake.objects]
          .filter(([path]) => path.startsWith(`${bucket}/`))
          .flatMap(([, { body }]) => body.toString().split("\n").slice(0, -1))
          .map((line) => (JSON.parse(line) as { readonly id: number }).id);
      },
    };
  },
  recordOf: (id) => ({ key: null, value: { id } }),
  exactlyOnce: true,
  unusable: {
    "s3.bucket.name": "nowhere",
    "store.url": fake.url,
    "s3.path.style.access.enabled": "true",
    "aws.access.key.id": "k",
    "aws.secret.access.key": "s3cret-of-nobody",
    "flush.size": "1",
    "format.class": "json",
    "s3.part.retries": "0",
  },
}))
  test(name, run);
