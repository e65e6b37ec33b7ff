/** What every call that asks a broker takes. */
export interface CallOptions {
  /** How long the call may take, retries included. Default: the client's `apiTimeoutMs`. */
  readonly timeoutMs?: number | undefined;
  /**
   * Ends the wait at once: the promise rejects with `ClientError` ABORTED, whose cause is the signal's reason. What is on the way to a broker
   * may be carried out all the same.
   */
  readonly signal?: AbortSignal | undefined;
}
