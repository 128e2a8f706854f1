export { auditLab, type Finding } from "./audit.ts";
export {
  limitsOf,
  PHONE_PARAMETERS,
  SERVICE_URIS,
  STANDARD_PHONE_PROFILE,
  STANDARD_SECURITY_PROFILE,
  STANDARD_SIP_PROFILE,
  type DeviceLimits,
} from "./defaults.ts";
export type { Environment } from "./environment.ts";
export { loadLab, parseLab, type LoadOptions } from "./load.ts";
export {
  isThirdParty,
  type CiscoDeviceType,
  type Device,
  type DeviceType,
  type Lab,
  type Line,
  type LineForwards,
  type PhoneParameters,
  type PhoneProfile,
  type PhoneSecurityProfile,
  type Place,
  type ServiceUris,
  type SipProfile,
  type Target,
  type User,
  type Waits,
} from "./model.ts";
export type { LabErrorCode, LabProblem } from "./problems.ts";
export {
  busyTriggerFault,
  callCeiling,
  callDeficit,
  callsOfLines,
  deficitFault,
  digestFault,
  licenceFault,
  licenceUnitsOf,
  licenceUnitsUsed,
  lineCountFault,
  linesToDisassociate,
  wirelessFault,
  type ProvisioningFault,
  type ProvisioningRule,
} from "./provisioning-faults.ts";
export { labSchema } from "./schema.ts";
export { withTarget } from "./target-uri.ts";
