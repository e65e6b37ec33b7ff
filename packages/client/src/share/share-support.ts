import { ErrorCode, KafkaError } from "@ottla/protocol";
import { shareGroupHeartbeatApi } from "@ottla/protocol/apis/share-group-heartbeat";
import { ClientError } from "../client-error.ts";
import type { Connection } from "../net/connection.ts";

/** Throws `ClientError` UNSUPPORTED when the broker has no share groups at all. */
export function requireShareGroups({ versions }: Connection): void {
  if (versions.find(shareGroupHeartbeatApi) === undefined) throw unsupported();
}

/** A refusal as the application should hear it. */
export function asShareError(errorCode: number, message: string | undefined): Error {
  const error = new KafkaError(errorCode, message || undefined);
  if (errorCode === ErrorCode.UNSUPPORTED_VERSION) return unsupported(error);
  return error;
}

function unsupported(cause?: Error): ClientError {
  return new ClientError(
    "UNSUPPORTED",
    "This cluster has no share groups (KIP-932). Apache Kafka has them from 4.2 on, where the feature share.version is at least 1 " +
      "(kafka-features upgrade --feature share.version=1, or admin.updateFeatures); elsewhere use client.consumer().",
    cause === undefined ? {} : { cause },
  );
}
