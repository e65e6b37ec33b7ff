import { defineAdminCases } from "./client-cases/admin-cases.ts";
import { requireTarget } from "./target.ts";

defineAdminCases(requireTarget);
