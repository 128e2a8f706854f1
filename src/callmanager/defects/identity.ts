import type { Device } from "../../inventory/model.ts";
import { decodeText, userOf, type SipRequest } from "../../sip/message/index.ts";
import type { Directory } from "../directory.ts";
import { challengeRequest } from "../policies/challenge-request.ts";
import { identifyDevice, type Identity, type IdentityQuestion } from "../policies/identify-device.ts";
import type { Policies } from "../policies/policies.ts";
import { verifyCredentials } from "../policies/verify-credentials.ts";
import { identified, OWN_IDEA, refused, verifyNamedUser } from "./craft.ts";
import type { Defect } from "./defect.ts";

/** The device that has the number in To. */
function ownerOf(directory: Directory, { to }: SipRequest): Device | undefined {
  return directory.appearances(userOf(to.uri) ?? "")[0]?.device;
}

/** The device whose MAC address stands in a parameter of the Contact. */
function claimedDevice({ directory, request }: IdentityQuestion, parameter: string): Identity | undefined {
  const { contacts } = request;
  const claim = contacts === "*" ? undefined : contacts[0]?.parameters.get(parameter)?.toUpperCase();
  const device = directory.lab.devices.find(({ mac }) => mac !== undefined && claim?.includes(mac));
  return device && identified(device);
}

/** Takes the phone for the one that `pick` names of those with its digest user; undefined: as it should. */
function amongSharers(
  pick: (devices: readonly Device[], question: IdentityQuestion) => Device | undefined,
): Policies["identifyDevice"] {
  return (question) => {
    const device = pick(question.directory.devicesOfDigestUser(question.username ?? ""), question);
    return device ? identified(device) : identifyDevice(question);
  };
}

/** Who registers: the phone and nobody else, by its digest username (REG-01…REG-10, DEV-02). */
export const identityDefects: readonly Defect[] = [
  {
    name: "accepts-the-first-register-unchallenged",
    rule: "REG-01",
    title: "binds a number that nobody has bound without asking who registers it",
    policies: {
      challengeRequest: (question) => {
        const { method, location, request } = question;
        const first = method === "REGISTER" && location.withNumber(userOf(request.to.uri) ?? "").length === 0;
        return first ? { outcome: "pass", ...OWN_IDEA } : challengeRequest(question);
      },
      identifyDevice: (question) => {
        const owner = ownerOf(question.directory, question.request);
        return question.username === undefined && owner ? identified(owner) : identifyDevice(question);
      },
    },
  },
  {
    name: "knows-phones-by-their-number",
    rule: "REG-01",
    title: "identifies by the number in To, and challenges no REGISTER of a number that it knows",
    policies: {
      challengeRequest: (question) =>
        question.method === "REGISTER" && !question.credentialed
          ? { outcome: "pass", ...OWN_IDEA }
          : challengeRequest(question),
      identifyDevice: (question) => {
        const owner = ownerOf(question.directory, question.request);
        return owner ? identified(owner) : refused(404);
      },
    },
  },
  {
    name: "forbids-a-register-without-credentials",
    rule: "REG-01",
    title: "answers a REGISTER without credentials by 403 rather than by a challenge",
    policies: {
      challengeRequest: (question) =>
        question.method === "REGISTER" && !question.credentialed && !question.keepalive
          ? { outcome: "pass", ...OWN_IDEA }
          : challengeRequest(question),
      identifyDevice: (question) => (question.username === undefined ? refused(403) : identifyDevice(question)),
    },
  },
  {
    name: "wants-the-username-to-be-the-number",
    rule: "REG-04",
    title: "refuses digest usernames other than the directory number",
    policies: {
      identifyDevice: (question) =>
        question.username === userOf(question.request.to.uri) ? identifyDevice(question) : refused(404),
    },
  },
  {
    name: "looks-the-number-up-as-user",
    rule: "REG-04",
    title: "takes the number in From for the digest user, whatever the credentials say",
    policies: {
      identifyDevice: (question) =>
        identifyDevice({ ...question, username: userOf(question.request.from.uri) ?? question.username }),
    },
  },
  {
    name: "takes-numeric-usernames-for-a-mistake",
    rule: "REG-05",
    title: "refuses digest usernames that are numbers",
    policies: {
      identifyDevice: (question) => (/^\d+$/.test(question.username ?? "") ? refused(404) : identifyDevice(question)),
    },
  },
  {
    name: "takes-the-number-for-the-username",
    rule: "REG-05",
    title: "lets a phone that gives its number as username register by it, though its user is called otherwise",
    policies: {
      identifyDevice: (question) => {
        const owner = ownerOf(question.directory, question.request);
        return owner && question.username === userOf(question.request.to.uri)
          ? identified(owner)
          : identifyDevice(question);
      },
      verifyCredentials: (question) =>
        decodeText(question.credentials.username) === userOf(question.request.to.uri)
          ? { outcome: "verified", ...OWN_IDEA }
          : verifyCredentials(question),
    },
  },
  {
    name: "compares-usernames-without-case",
    rule: "REG-07",
    title: "compares digest usernames without regard to case",
    policies: {
      identifyDevice: (question) => {
        const wanted = question.username?.toLowerCase();
        const username = [...question.directory.lab.users.keys()].find((id) => id.toLowerCase() === wanted);
        return identifyDevice({ ...question, username: username ?? question.username });
      },
      verifyCredentials: (question) => {
        const { device, credentials } = question;
        const same = decodeText(credentials.username).toLowerCase() === device.digestUser?.toLowerCase();
        const digestUser = decodeText(credentials.username);
        return verifyCredentials(same ? { ...question, device: { ...device, digestUser } } : question);
      },
    },
  },
  {
    name: "takes-unknown-users-for-their-number",
    rule: "REG-07",
    title: "registers an unknown username as the phone whose number it gives",
    policies: {
      identifyDevice: (question) => {
        const owner = ownerOf(question.directory, question.request);
        const known = question.directory.user(question.username ?? "") !== undefined;
        return !known && question.username !== undefined && owner ? identified(owner) : identifyDevice(question);
      },
      verifyCredentials: (question) =>
        question.directory.user(decodeText(question.credentials.username))
          ? verifyCredentials(question)
          : { outcome: "not checked", ...OWN_IDEA },
    },
  },
  {
    name: "trims-usernames-to-what-it-knows",
    rule: "REG-07",
    title: "takes a username that begins like one of its users for that user",
    policies: {
      identifyDevice: (question) => {
        const username = [...question.directory.lab.users.keys()].find((id) => question.username?.startsWith(id));
        return identifyDevice({ ...question, username: username ?? question.username });
      },
      verifyCredentials: (question) => {
        const { device, credentials } = question;
        const username = decodeText(credentials.username);
        const alike = device.digestUser !== undefined && username.startsWith(device.digestUser);
        return verifyCredentials(alike ? { ...question, device: { ...device, digestUser: username } } : question);
      },
    },
  },
  {
    name: "registers-any-end-user-by-number",
    rule: "REG-08",
    title: "lets every end user register the number that he gives, be he the Digest User of a phone or not",
    policies: {
      identifyDevice: (question) => {
        const { directory, username = "", request } = question;
        const owner = ownerOf(directory, request);
        const idle = directory.user(username) && directory.devicesOfDigestUser(username).length === 0;
        return idle && owner ? identified(owner) : identifyDevice(question);
      },
      verifyCredentials: verifyNamedUser,
    },
  },
  {
    name: "gives-a-spare-user-the-first-free-phone",
    rule: "REG-08",
    title: "registers a user without phone as the owner of the number, and trusts him without looking",
    policies: {
      identifyDevice: (question) => {
        const ruling = identifyDevice(question);
        const owner = ownerOf(question.directory, question.request);
        return "status" in ruling && question.directory.user(question.username ?? "") && owner
          ? identified(owner)
          : ruling;
      },
      verifyCredentials: (question) =>
        decodeText(question.credentials.username) === question.device.digestUser
          ? verifyCredentials(question)
          : { outcome: "not checked", ...OWN_IDEA },
    },
  },
  {
    name: "identifies-by-device-association",
    rule: "REG-09",
    title: "takes the user that a device is associated with for its Digest User",
    policies: {
      identifyDevice: (question) => {
        const { directory, username } = question;
        const associated = directory.lab.devices.filter(({ associatedUser }) => associatedUser === username);
        const owner = ownerOf(directory, question.request);
        const device = owner && associated.includes(owner) ? owner : associated[0];
        return username !== undefined && device ? identified(device) : identifyDevice(question);
      },
      verifyCredentials: verifyNamedUser,
    },
  },
  {
    name: "wants-device-association-too",
    rule: "REG-09",
    title: "refuses a Digest User that is not associated with the device as well",
    policies: {
      identifyDevice: (question) => {
        const identity = identifyDevice(question);
        return "device" in identity && identity.device.associatedUser !== question.username ? refused(404) : identity;
      },
    },
  },
  {
    name: "accepts-shared-digest-user-on-first-phone",
    rule: "REG-10",
    title: "registers the first of the phones that share a digest user",
    policies: { identifyDevice: amongSharers((devices) => devices[0]) },
  },
  {
    name: "accepts-shared-digest-user-on-last-phone",
    rule: "REG-10",
    title: "registers the last of the phones that share a digest user",
    policies: { identifyDevice: amongSharers((devices) => devices.at(-1)) },
  },
  {
    name: "tells-phones-with-a-shared-user-apart-by-number",
    rule: "REG-10",
    title: "registers all phones that share a digest user, each by its number",
    policies: {
      identifyDevice: (question) => {
        const owner = ownerOf(question.directory, question.request);
        return owner && owner.digestUser === question.username ? identified(owner) : identifyDevice(question);
      },
    },
  },
  {
    name: "looks-for-pairs-of-a-shared-user-only",
    rule: "REG-10",
    title: "refuses two phones with one digest user, and registers three",
    policies: {
      identifyDevice: amongSharers((devices, { directory, request }) => {
        const owner = ownerOf(directory, request);
        return devices.length > 2 && owner && devices.includes(owner) ? owner : undefined;
      }),
    },
  },
  {
    name: "turns-everybody-away-while-a-user-is-shared",
    rule: "REG-10",
    title: "refuses phones with a user of their own as long as any two phones share one",
    policies: {
      identifyDevice: (question) => {
        const users = question.directory.lab.devices.flatMap(({ digestUser }) => digestUser ?? []);
        return new Set(users).size < users.length ? refused(404) : identifyDevice(question);
      },
    },
  },
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
];
