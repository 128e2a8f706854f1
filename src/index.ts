/// <reference types="node" preserve="true" />
/// <reference types="chai" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

/**
 * The front door of the package: what scenario scripts import from "offhook".
 * @example
 * import { expect, scenario } from "offhook";
 */
export { expect, expectEvery } from "./assertions/index.ts";
export * from "./core/errors.ts";
export { bracketed } from "./sip/transport/address.ts";
export { scenario } from "./scenarios/scenario.ts";
export type { ScenarioContext, ScenarioDefinition, Step, StepOptions, TargetFacts } from "./scenarios/scenario.ts";
export type {
  LineName,
  LineUpdate,
  NewLine,
  NewPhone,
  PhoneSettings,
  PhoneUpdate,
  ProvisioningRuling,
  SipProfileUpdate,
} from "./administration/index.ts";
export type { ScenarioAdministration } from "./scenarios/scenario-administration.ts";
export type { ScenarioNeed } from "./scenarios/leases.ts";
export type { NumberRole, PhoneRole, UserRole } from "./scenarios/roles.ts";
export type {
  Call,
  CallOptions,
  Exchange,
  IncomingCall,
  MediaReport,
  MediaSession,
  OutgoingCall,
  OverTlsOptions,
  Phone,
  ReceivedDigit,
  RegisterOptions,
  Registration,
  RequestOptions,
  SdpSeen,
  SessionTimerOptions,
  SessionTimerState,
  Subscription,
  TlsOutcome,
  Trace,
  TraceMark,
  Transfer,
  WireControls,
} from "./simulator/index.ts";
export type { MediaSpec } from "./sdp/index.ts";
export type { RuleId } from "./rules/index.ts";
/** For policy files (docs/policies.md): what decides in the reference call manager, and what it is asked. */
export { correctPolicies, isRefusal, refuse } from "./callmanager/index.ts";
export type * from "./callmanager/index.ts";
export type { Device, DeviceType, Lab, Line, SipProfile, User } from "./inventory/index.ts";
