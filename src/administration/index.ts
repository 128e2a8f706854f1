export type { Administration, LicenceSettings, LineSettings, PhoneSettings } from "./administration.ts";
export {
  accept,
  refuseChange,
  type LineChange,
  type LineName,
  type LineUpdate,
  type LineValues,
  type NewLine,
  type NewPhone,
  type PhoneChange,
  type PhoneUpdate,
  type ProfileChange,
  type ProvisioningChange,
  type ProvisioningRuling,
  type SipProfileUpdate,
  type UserChange,
} from "./change.ts";
export { changeLab, findLine, findPhone } from "./change-lab.ts";
export { judgeChange, type Judges } from "./judge-change.ts";
export { judgeLine, type LineChangeQuestion } from "./judge-line.ts";
export { judgePhone, type PhoneChangeQuestion } from "./judge-phone.ts";
export { judgeProfile, type ProfileChangeQuestion } from "./judge-profile.ts";
export { judgeUser, type UserChangeQuestion } from "./judge-user.ts";
export { planMigration, type MigrationPlan, type MigrationStep } from "./migration-plan.ts";
export { phoneDefaults, type PhoneDefaults } from "./phone-defaults.ts";
export { restoreLab, type ProvisioningScope } from "./restore-lab.ts";
