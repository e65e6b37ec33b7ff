import type { CommandSpec, OptionSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

const CA_OPTION: OptionSpec = {
  name: "ca",
  kind: "text",
  placeholder: "DIR",
  summary: "the folder of the authority",
  defaultText: "certs",
};

const daysOption = (defaultText: string): OptionSpec => ({
  name: "days",
  kind: "number",
  placeholder: "N",
  summary: "for how many days it is valid",
  defaultText,
});

export const certCommands: readonly CommandSpec[] = [
  {
    path: ["certs", "ca"],
    summary: "make an authority of your own",
    description:
      "Writes ca.pem, which every client trusts, and ca-key.pem, which signs and stays where it is. An authority that is there is not replaced.",
    options: [
      CA_OPTION,
      { name: "subject", kind: "text", placeholder: "DN", summary: "its name", defaultText: "CN=Ottla CA" },
      daysOption("3650"),
      JSON_OPTION,
    ],
    examples: [{ command: "ottla certs ca", does: "an authority in the folder certs" }],
    load: async () => (await import("./make-authority.ts")).makeAuthority,
  },
  {
    path: ["certs", "issue"],
    summary: "issue a certificate for a broker or a client",
    description:
      "Writes NAME-keystore.pem with the private key and the chain, as ssl.keystore.location takes it with ssl.keystore.type=PEM.",
    arguments: [{ name: "name", summary: "what it is for: the file's name, and the subject's unless one is given" }],
    options: [
      CA_OPTION,
      {
        name: "host",
        kind: "text",
        repeatable: true,
        placeholder: "HOST",
        summary: "a name or address by which clients connect; none for a client",
      },
      { name: "subject", kind: "text", placeholder: "DN", summary: "the subject, as RFC 2253 writes it", defaultText: "CN=NAME" },
      daysOption("365"),
      JSON_OPTION,
    ],
    examples: [
      { command: "ottla certs issue broker-1 --host kafka.example.com --host 10.0.0.5", does: "for a broker" },
      { command: "ottla certs issue alice --subject CN=alice,O=Example", does: "for a client that shows who it is (ssl.client.auth)" },
    ],
    load: async () => (await import("./issue-for.ts")).issueFor,
  },
  {
    path: ["certs", "rotate"],
    summary: "replace certificates by new ones of the same subject and hosts",
    description:
      "Each file is replaced whole, with a new key. A broker of Ottla takes it for new connections within 10 seconds, without a restart.",
    arguments: [{ name: "file", summary: "a key store in PEM that certs issue wrote", variadic: true }],
    options: [CA_OPTION, daysOption("365"), JSON_OPTION],
    examples: [{ command: "ottla certs rotate certs/broker-1-keystore.pem", does: "a new certificate for broker-1" }],
    load: async () => (await import("./rotate-certificates.ts")).rotateCertificates,
  },
  {
    path: ["certs", "check"],
    summary: "tell how long certificates are valid, and for whom",
    description: "Reads PEM files. Status 1 where one has expired or ends soon.",
    arguments: [{ name: "file", summary: "a file with a certificate in PEM", variadic: true }],
    options: [
      {
        name: "warn-days",
        kind: "number",
        placeholder: "N",
        summary: "how many days before its end a certificate ends soon",
        defaultText: "30",
      },
      JSON_OPTION,
    ],
    examples: [{ command: "ottla certs check certs/*.pem", does: "which of them end within 30 days?" }],
    load: async () => (await import("./check-certificates.ts")).checkCertificates,
  },
];
