import { MalformedBytesError } from "@ottla/base";
import { decodeResponse, ErrorCode, KafkaError } from "@ottla/protocol";
import { type ApiVersionsResponse, apiVersionsApi, makeApiVersionsRequest } from "@ottla/protocol/apis/api-versions";
import { ClientError } from "../client-error.ts";
import { BrokerVersions } from "./broker-versions.ts";

const ERROR_CODE_AT = 4;
const SOFTWARE_NAME = "ottla";
const SOFTWARE_VERSION = "0.1.0";

/** Sends one ApiVersions request and returns the answer's frame. */
type AskVersions = (version: number, request: ReturnType<typeof makeApiVersionsRequest>) => Promise<Buffer>;

/** Which broker of which cluster is meant. */
export interface BrokerIdentity {
  readonly clusterId: string;
  readonly nodeId: number;
}

/**
 * Learns what the broker speaks: asks in our newest version, and at most once more in one that the broker named.
 * Never asks a third time, whatever comes back. A broker of version 5 says when it is not the one that is meant, so that an address that another cluster has by now is not taken for the old one (KIP-1242):
 * throws `ClientError` NO_BROKER_REACHABLE.
 */
export async function negotiateVersions(ask: AskVersions, meant?: BrokerIdentity): Promise<BrokerVersions> {
  const request = makeApiVersionsRequest({ ...versionsRequest(), ...meant });
  const newest = apiVersionsApi.maxVersion;
  const frame = await ask(newest, request);
  let answer = readAnswer(frame, newest);
  if (answer.errorCode === ErrorCode.UNSUPPORTED_VERSION) {
    const known = new BrokerVersions(answer).find(apiVersionsApi) ?? 0;
    const older = Math.min(known, newest - 1);
    answer = readAnswer(await ask(older, request), older);
  }
  if (answer.errorCode === ErrorCode.REBOOTSTRAP_REQUIRED)
    throw new ClientError(
      "NO_BROKER_REACHABLE",
      `Who listens there is not broker ${meant?.nodeId ?? "?"} of cluster ${meant?.clusterId ?? "?"} any more; the cluster is looked for anew from the bootstrap servers.`,
    );
  if (answer.errorCode !== ErrorCode.NONE) throw new KafkaError(answer.errorCode, "The broker refused to tell its versions.");
  return new BrokerVersions(answer);
}

/** What every ApiVersions of this client says. */
export function versionsRequest(): ReturnType<typeof makeApiVersionsRequest> {
  return makeApiVersionsRequest({ clientSoftwareName: SOFTWARE_NAME, clientSoftwareVersion: SOFTWARE_VERSION });
}

/** A refusal comes in version 0 whatever was asked; some brokers send everything so. */
function readAnswer(frame: Buffer, version: number): ApiVersionsResponse {
  if (frame.length < ERROR_CODE_AT + 2) throw notKafka(undefined);
  const refused = frame.readInt16BE(ERROR_CODE_AT) === ErrorCode.UNSUPPORTED_VERSION;
  if (refused) return readOldest(frame);
  try {
    return decodeResponse(apiVersionsApi, version, frame);
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    return readOldest(frame);
  }
}

function readOldest(frame: Buffer): ApiVersionsResponse {
  try {
    return decodeResponse(apiVersionsApi, 0, frame);
  } catch (error) {
    throw notKafka(error);
  }
}

function notKafka(cause: unknown): ClientError {
  return new ClientError("BAD_RESPONSE", "The answer to ApiVersions cannot be read; is this a Kafka listener without TLS?", { cause });
}
