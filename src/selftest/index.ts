export { choosePolicies, type Choice, type ChosenPolicies } from "./choose-policies.ts";
export { loadPolicyFile, type PolicyFile } from "./policy-file.ts";
