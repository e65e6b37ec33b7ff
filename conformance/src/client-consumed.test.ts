import { defineConsumedCases } from "./client-cases/consumed-cases.ts";
import { requireTarget } from "./target.ts";

defineConsumedCases(requireTarget);
