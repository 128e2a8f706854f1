export { assemble, type AssembleOptions, type PhoneListener, type SeededImpairment, type TestBed } from "./assemble.ts";
export { LeasePool, type Lease, type LeaseRequest } from "./leases.ts";
export { loadScript } from "./load-script.ts";
export { findScenarioFiles, loadScenarios } from "./load-scenarios.ts";
export { reportThroughMocha, type MochaOptions, type ScenarioTest } from "./mocha-facade.ts";
export type { NumberRole, PhoneRole, UserRole } from "./roles.ts";
export { RunLedger } from "./run-ledger.ts";
export { newRunId, startScenarios, type Running, type RunnerOptions } from "./runner.ts";
export {
  scenario,
  type ScenarioContext,
  type ScenarioDefinition,
  type ScenarioSpec,
  type Step,
  type StepOptions,
  type TargetFacts,
} from "./scenario.ts";
export { assertRules, namesRule, selectScenarios, type Selection } from "./select.ts";
export { exitCodeOf, RUN_ENDED, type ExitFacts } from "./verdict.ts";
