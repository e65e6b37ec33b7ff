import { bool, type ConfigValues, int, oneOf, secret, str } from "../../plugin/config-shape.ts";
import { classOf, filesConfig } from "../record-files/files-config.ts";

const low = { importance: "low" } as const;
const high = { importance: "high" } as const;

/** The settings of the S3 sink, by the names that people's files have. */
export const s3Config = {
  ...filesConfig,
  "s3.bucket.name": str().with(high).doc("The bucket that objects are written to; it must be there."),
  "s3.region": str().default("us-west-2").doc("The bucket's region."),
  "store.url": str().optional().with(low).doc("Another server that speaks S3 (MinIO, Ceph): http://host:port."),
  "s3.path.style.access.enabled": bool().default(true).with(low).doc("Whether the bucket stands in the path and not in the host's name."),
  "aws.access.key.id": str().optional().doc("Left out, with the secret key: the usual places of AWS (environment, profile, role)."),
  "aws.secret.access.key": secret().optional().doc("The secret key."),
  "storage.class": classOf("io.confluent.connect.storage.S3Storage").with(low).doc("Taken since files name it; S3 is the only one."),
  "s3.part.size": int().default(26_214_400).range(5_242_880).doc("Files above this many bytes are sent in parts of it."),
  "s3.part.retries": int().default(3).range(0).doc("How often the client itself tries a request again."),
  "s3.compression.type": oneOf("none", "gzip").default("none").doc("Of json and bytes."),
  "s3.compression.level": int()
    .default(-1)
    .range(-1, 9)
    .with(low)
    .doc("How much gzip packs: 1 quickly, 9 tightly, -1 as gzip itself chooses."),
  "s3.object.tagging": bool().default(false).doc("Whether objects have the tags startOffset, endOffset and recordCount."),
  "s3.object.behavior.on.tagging.error": oneOf("ignore", "fail")
    .default("ignore")
    .with(low)
    .doc("Where the server refuses tags: ignore leaves the object without, fail asks again, and no offset is committed before."),
  "s3.wan.mode": bool().default(false).with(low).doc("Whether Amazon's accelerated endpoint is used."),
  "s3.ssea.name": str().default("").with(low).doc("Encryption on the server: AES256 or aws:kms."),
  "s3.sse.kms.key.id": str().default("").with(low).doc("The key of aws:kms."),
  "s3.acl.canned": str().optional().with(low).doc("A canned ACL, such as bucket-owner-full-control."),
  "ottla.conditional.writes": bool()
    .default(true)
    .with(low)
    .doc(
      "Objects are made only where there are none (If-None-Match), so that a writer that was lost cannot replace one. False where the server does not know it.",
    ),
};

/** The settings, typed. */
export type S3Settings = ConfigValues<typeof s3Config>;
