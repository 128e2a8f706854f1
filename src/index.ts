/// <reference types="node" preserve="true" />
/// <reference types="chai" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

/**
 * The front door of the package: what scenario scripts import from "offhook".
 * @example
 * import { expect, scenario } from "offhook";
 */
export { expect } from "./assertions/index.ts";
export * from "./core/errors.ts";
export { scenario } from "./scenarios/scenario.ts";
export type { ScenarioContext, ScenarioDefinition, Step, StepOptions, TargetFacts } from "./scenarios/scenario.ts";
export type { NumberRole, PhoneRole, UserRole } from "./scenarios/roles.ts";
export type { IncomingCall, OutgoingCall, Phone, Registration } from "./simulator/index.ts";
export type { RuleId } from "./rules/index.ts";
