import { describe } from "node:test";
import { defineSecureCases } from "./client-cases/secure-cases.ts";
import { requireTarget } from "./target.ts";

const skip =
  requireTarget().secure === undefined ? "Ottla's own are in npm run test:long: conformance/quick/client-secure.long.test.ts" : false;

describe("secure listeners of Apache Kafka", { skip }, () => defineSecureCases(requireTarget, { renewals: 12 }));
