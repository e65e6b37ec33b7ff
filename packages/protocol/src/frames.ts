import { ByteReader, ByteWriter, invariant, MalformedBytesError } from "@ottla/base";
import type { Api } from "./api.ts";
import { readResponseHeader, writeRequestHeader, writeResponseHeader } from "./headers.ts";

/**
 * One request as a frame: int32 size, header, body. Long byte fields (records) are among the buffers by reference, so they must stay
 * unchanged until the frame is sent. Throws `KafkaError` UNSUPPORTED_VERSION where the version cannot carry the message.
 */
export function encodeRequest<Request>(
  api: Api<Request, unknown>,
  version: number,
  correlationId: number,
  clientId: string | null,
  message: Request,
): Buffer[] {
  checkVersion(api, version);
  const writer = new ByteWriter();
  writeRequestHeader(writer, { apiKey: api.key, apiVersion: version, correlationId, clientId });
  api.writeRequest(writer, message, version);
  return writer.finishFrame();
}

/** One response as a frame; otherwise as {@link encodeRequest}. */
export function encodeResponse<Response>(api: Api<unknown, Response>, version: number, correlationId: number, message: Response): Buffer[] {
  checkVersion(api, version);
  const writer = new ByteWriter();
  writeResponseHeader(writer, api.key, version, correlationId);
  api.writeResponse(writer, message, version);
  return writer.finishFrame();
}

/** The correlation id of a response frame (without its size): all that can be read before the request it answers is known. */
export function peekCorrelationId(frame: Buffer): number {
  return new ByteReader(frame).int32();
}

/** Reads a response frame (without its size). Byte fields are views of `frame`. Throws `MalformedBytesError`, also when bytes are left over. */
export function decodeResponse<Response>(api: Api<unknown, Response>, version: number, frame: Buffer): Response {
  checkVersion(api, version);
  const reader = new ByteReader(frame);
  readResponseHeader(reader, api.key, version);
  const message = api.readResponse(reader, version);
  checkEnd(api, version, reader);
  return message;
}

/** As {@link decodeResponse}, stopping after each element of the answer's lists; only of an API that has `readResponseInSteps`. */
export function* decodeResponseInSteps<Response>(
  api: Pick<Api<unknown, Response>, "key" | "name" | "minVersion" | "maxVersion"> &
    Required<Pick<Api<unknown, Response>, "readResponseInSteps">>,
  version: number,
  frame: Buffer,
): Generator<void, Response, void> {
  checkVersion(api, version);
  const reader = new ByteReader(frame);
  readResponseHeader(reader, api.key, version);
  const steps = api.readResponseInSteps(reader, version);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) {
      checkEnd(api, version, reader);
      return step.value;
    }
    yield;
  }
}

function checkEnd({ name }: Pick<Api<unknown, unknown>, "name">, version: number, reader: ByteReader): void {
  if (reader.remaining > 0)
    throw new MalformedBytesError(`A ${name} response of version ${version} has ${reader.remaining} bytes too many.`);
}

function checkVersion(api: Pick<Api<unknown, unknown>, "name" | "minVersion" | "maxVersion">, version: number): void {
  invariant(
    version >= api.minVersion && version <= api.maxVersion,
    `${api.name} has versions ${api.minVersion} to ${api.maxVersion}, not ${version}.`,
  );
}
