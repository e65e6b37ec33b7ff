/** AclOperation codes as bits: what a client may do where no authorizer restricts it. Source: KIP-430. */
const bits = (...operations: readonly number[]): number => operations.reduce((sum, operation) => sum | (1 << operation), 0);

const READ = 3;
const WRITE = 4;
const CREATE = 5;
const DELETE = 6;
const ALTER = 7;
const DESCRIBE = 8;
const CLUSTER_ACTION = 9;
const DESCRIBE_CONFIGS = 10;
const ALTER_CONFIGS = 11;
const IDEMPOTENT_WRITE = 12;

/** The client did not ask. */
export const NOT_ASKED = -2147483648;
export const TOPIC_OPERATIONS: number = bits(READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS);
export const CLUSTER_OPERATIONS: number = bits(CREATE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS, IDEMPOTENT_WRITE);
export const GROUP_OPERATIONS: number = bits(READ, DELETE, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS);
