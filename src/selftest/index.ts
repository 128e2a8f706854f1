export { loadSubjects } from "./bench.ts";
export { choosePolicies, type Choice, type ChosenPolicies } from "./choose-policies.ts";
export { groupSubjects } from "./groups.ts";
export type { SubjectReport } from "./judge.ts";
export type { Setup } from "./messages.ts";
export { loadPolicyFile, type PolicyFile } from "./policy-file.ts";
export { renderSelftest, selftestExitCode, selftestJson, type SelftestTextOptions } from "./render-selftest.ts";
export { runSelftest, type SelftestOptions, type SelftestResult } from "./run-selftest.ts";
