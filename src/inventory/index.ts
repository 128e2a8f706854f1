export { auditLab, type Finding } from "./audit.ts";
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
export { labSchema } from "./schema.ts";
export { withTarget } from "./target-uri.ts";
