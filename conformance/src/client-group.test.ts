import { defineGroupCases } from "./client-cases/group-cases.ts";
import { requireTarget } from "./target.ts";

defineGroupCases(requireTarget);
