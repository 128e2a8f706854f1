import type { Lab } from "../inventory/index.ts";
import type { ProvisioningChange, ProvisioningRuling } from "./change.ts";
import { judgeLine, type LineChangeQuestion } from "./judge-line.ts";
import { judgePhone, type PhoneChangeQuestion } from "./judge-phone.ts";
import { judgeProfile, type ProfileChangeQuestion } from "./judge-profile.ts";
import { judgeUser, type UserChangeQuestion } from "./judge-user.ts";

/** Who decides about which changes. */
export interface Judges {
  readonly user: (question: UserChangeQuestion) => ProvisioningRuling;
  readonly profile: (question: ProfileChangeQuestion) => ProvisioningRuling;
  readonly phone: (question: PhoneChangeQuestion) => ProvisioningRuling;
  readonly line: (question: LineChangeQuestion) => ProvisioningRuling;
}

const CORRECT: Judges = { user: judgeUser, profile: judgeProfile, phone: judgePhone, line: judgeLine };

/** What becomes of a change; `after` is what `changeLab` makes of the lab. */
export function judgeChange(
  question: { readonly lab: Lab; readonly after: Lab },
  change: ProvisioningChange,
  judges: Judges = CORRECT,
): ProvisioningRuling {
  switch (change.kind) {
    case "add-user":
    case "remove-user":
    case "set-credentials":
      return judges.user({ ...question, change });
    case "add-security-profile":
    case "set-digest-authentication":
    case "add-sip-profile":
    case "update-sip-profile":
      return judges.profile({ ...question, change });
    case "add-phone":
    case "remove-phone":
    case "update-phone":
    case "set-licence-units":
      return judges.phone({ ...question, change });
    case "associate-line":
    case "disassociate-line":
    case "update-line":
      return judges.line({ ...question, change });
  }
}
