/**
 * What an ACL has to allow, besides the operation itself, for the operation to be allowed: who may read, write, delete or alter something may see it, and who may
 * alter settings may see them. What denies implies nothing. By the names of the client's `AclOperation`. Source: Kafka's StandardAuthorizer.
 */
export const IMPLYING_OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  describe: ["read", "write", "delete", "alter"],
  describeConfigs: ["alterConfigs"],
};
