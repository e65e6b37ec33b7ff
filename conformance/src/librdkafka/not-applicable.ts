/** Tests that ask for something that this issue leaves to a later one. The list only shrinks. */
const reasons: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^0097_ssl_verify$/, "security: needs a TLS listener"],
  [/^0101_/, "fetches from followers: a partition of ours has one replica, which leads"],
  [/^0115_|^0119_/, "security: needs ACLs"],
  [/^0126_|^0128_|^0135_|^0142_/, "security: needs SASL"],
  [/^0081_.*Acls$/, "security: needs ACLs"],
  [/^0081_.*Scram/, "security: needs SASL/SCRAM"],
  [/^0028_/, "a known issue of librdkafka, which the suite itself leaves out"],
  [/^0047_/, "a known issue of librdkafka, which the suite itself leaves out"],
  [/^01[789]\d_share_/, "share groups"],
];

/** Why the test says nothing about our broker as it is; undefined when it applies. */
export function reasonNotApplicable(name: string): string | undefined {
  return reasons.find(([pattern]) => pattern.test(name))?.[1];
}
