/** When a credential was made, by an inventory that people keep: nothing that Kafka has says it. */
export interface CredentialRecord {
  /** `User:alice`. */
  readonly principal: string;
  /** `SCRAM-SHA-512`, `mTLS`, `OAUTHBEARER`, …, as the inventory has it. */
  readonly mechanism: string;
  /** Since 1970. */
  readonly madeAtMs: number;
}
