import { identifyDevice } from "../policies/identify-device.ts";
import { verifyCredentials } from "../policies/verify-credentials.ts";
import type { Defect } from "./defect.ts";

export const registrationDefects: readonly Defect[] = [
  {
    name: "accepts-shared-digest-user-on-first-phone",
    rule: "REG-10",
    title: "registers the first of the phones that share a digest user",
    policies: {
      identifyDevice: (question) => {
        const [device] = question.directory.devicesOfDigestUser(question.username ?? "");
        return device
          ? { outcome: "identified", rules: [], reason: `${device.name} is the first of its digest user`, device }
          : identifyDevice(question);
      },
    },
  },
  {
    name: "verifies-the-password-though-the-box-is-off",
    rule: "REG-15",
    title: "verifies the password of phones whose security profile has digest authentication off",
    policies: {
      verifyCredentials: (question) => {
        const securityProfile = { ...question.device.securityProfile, digestAuthentication: true };
        return verifyCredentials({ ...question, device: { ...question.device, securityProfile } });
      },
    },
  },
];
