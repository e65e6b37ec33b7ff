/** What one client may do, at the moment it is asked. Numbers are those of the protocol: `AclOperation`, `ResourceType`. */
export interface AccessCheck {
  /** Whether the client may do what it asks for. A refusal is told in the log. */
  allows(operation: number, resourceType: number, resourceName: string): boolean;
  /** Whether an answer may show something that the client did not name. Nobody hears of a refusal. */
  shows(operation: number, resourceType: number, resourceName: string): boolean;
  /** Whether there is any resource of the type to which the client may do that. */
  allowsSome(operation: number, resourceType: number): boolean;
  /** All that the client may do to a resource, as bits (KIP-430). */
  operationsOn(resourceType: number, resourceName: string): number;
  /** Another object as soon as it is another client's. What is kept of answers is kept for as long as this and {@link AccessCheck.epoch} are the same. */
  readonly holder: object;
  /** Another number as soon as answers may be others. */
  readonly epoch: number;
}
