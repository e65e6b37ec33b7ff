import { z } from "zod";
import { givenHeader, givenPiece } from "../messages/given-bytes.ts";

const subject = z.string().min(1).max(1_000);
const connector = z.string().min(1).max(1_000);
const level = z.enum(["NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"]);
const reference = z.strictObject({ name: z.string().max(1_000), subject, version: z.int().min(-1) });
const definition = {
  schemaType: z.enum(["AVRO", "JSON", "PROTOBUF"]),
  schema: z.string().min(1).max(5_000_000),
  references: z.array(reference).max(1_000).default([]),
};

const topic = z.string().regex(/^[a-zA-Z0-9._-]{1,249}$/, "it is no name of a topic");
const letterEdit = z.strictObject({
  partition: z.int().min(0),
  offset: z.int().min(0),
  skip: z.boolean().default(false),
  key: givenPiece.optional(),
  value: givenPiece.optional(),
  /** In place of all that the record had before it failed. */
  headers: z.array(givenHeader).max(1_000).optional(),
});

/** A schema that is to come, as pages send it. */
export const draftSchema = z.strictObject({ subject, ...definition });

/** Changes of services beside the cluster, and work on dead letters, which no plan of the cluster knows. What is left over or missing is an error. */
export const serviceChangeSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("registerSchema"), subject, ...definition }),
  z.strictObject({ kind: z.literal("deleteSchemaVersion"), subject, version: z.int().min(1) }),
  z.strictObject({ kind: z.literal("deleteSubject"), subject, permanent: z.boolean().default(false) }),
  /** `subject` null: for all that have none of their own. `level` null: as the registry's. */
  z.strictObject({ kind: z.literal("setCompatibility"), subject: subject.nullable(), level: level.nullable() }),
  /** Made where there is none of this name. */
  z.strictObject({ kind: z.literal("putConnector"), connector, config: z.record(z.string().max(1_000), z.string().max(1_000_000)) }),
  z.strictObject({ kind: z.literal("setConnectorState"), connector, state: z.enum(["RUNNING", "PAUSED", "STOPPED"]) }),
  z.strictObject({
    kind: z.literal("restartConnector"),
    connector,
    onlyFailed: z.boolean().default(false),
    task: z.int().min(0).optional(),
  }),
  /** The connector must be stopped. */
  z.strictObject({ kind: z.literal("resetConnectorOffsets"), connector }),
  z.strictObject({ kind: z.literal("deleteConnector"), connector }),
  /** Sends what waits back, each once. `to`: all of them there. Edits are sent in place of what is there, or passed over. */
  z.strictObject({
    kind: z.literal("redriveDeadLetters"),
    topic,
    to: topic.optional(),
    limit: z.int().min(1).optional(),
    perS: z.int().min(1).max(100_000).optional(),
    edits: z.array(letterEdit).max(1_000).default([]),
  }),
]);

/** One change of a service. */
export type ServiceChange = z.infer<typeof serviceChangeSchema>;
export type ServiceChangeKind = ServiceChange["kind"];
export type ServiceChangeOf<Kind extends ServiceChangeKind> = Extract<ServiceChange, { readonly kind: Kind }>;
