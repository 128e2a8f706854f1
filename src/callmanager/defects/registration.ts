import { identifyDevice, type Identity, type IdentityQuestion } from "../policies/identify-device.ts";
import { verifyCredentials } from "../policies/verify-credentials.ts";
import type { Defect } from "./defect.ts";

/** The device whose MAC address stands in a parameter of the Contact. */
function claimedDevice({ directory, request }: IdentityQuestion, parameter: string): Identity | undefined {
  const { contacts } = request;
  const claim = contacts === "*" ? undefined : contacts[0]?.parameters.get(parameter)?.toUpperCase();
  const device = directory.lab.devices.find(({ mac }) => mac !== undefined && claim?.includes(mac));
  return device && { outcome: "identified", rules: [], reason: `${parameter} names ${device.name}`, device };
}

export const registrationDefects: readonly Defect[] = [
  {
    name: "believes-the-instance-of-the-contact",
    rule: "DEV-02",
    title: "takes a phone for the device whose MAC address its +sip.instance claims",
    policies: { identifyDevice: (question) => claimedDevice(question, "+sip.instance") ?? identifyDevice(question) },
  },
  {
    name: "believes-the-device-name-of-the-contact",
    rule: "DEV-02",
    title: "takes a phone for the device that its Contact names",
    policies: {
      identifyDevice: (question) =>
        claimedDevice(question, "+u.sip!devicename.ccm.cisco.com") ?? identifyDevice(question),
    },
  },
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
