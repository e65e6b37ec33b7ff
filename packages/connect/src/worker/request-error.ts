import { OttlaError } from "@ottla/base";

/** A request that a worker refuses, with the HTTP status that Connect's REST API answers it with (code `CONNECT_REQUEST`). */
export class RequestError extends OttlaError {
  override readonly name = "RequestError";
  readonly status: number;

  constructor(status: number, message: string, options?: { readonly cause?: unknown }) {
    super("CONNECT_REQUEST", message, options);
    this.status = status;
  }
}
