import { defineRunCases } from "./client-cases/run-cases.ts";
import { requireTarget } from "./target.ts";

defineRunCases(requireTarget);
