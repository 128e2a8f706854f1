import type { CaseFacts } from "./case-facts.ts";
import { decodeText } from "../sip/message/index.ts";
import { causeRows, deviceName, judges, toldIn, userName, type CauseRow } from "./cause-row.ts";

function askedAgain({ status, credentials }: CaseFacts): boolean {
  return (status === 401 || status === 407) && credentials !== undefined;
}

function refusedRegister(facts: CaseFacts, status: number): boolean {
  return facts.method === "REGISTER" && facts.status === status;
}

const PHONE = "Device › Phone";
const END_USER = "User Management › End User";
const SECURITY_PROFILE = "System › Security › Phone Security Profile";

/** Causes of what REGISTER and digest came to. */
export const AUTHENTICATION_CAUSES: readonly CauseRow[] = causeRows({
  "password-not-verified": {
    applies: ({ final, digest, credentials }) =>
      final?.isSuccess === true && credentials !== undefined && digest?.fits === false,
    cause: (facts) =>
      `The password is not verified: the response of ${userName(facts)} does not fit the password in the lab, and was accepted.`,
    look: (facts) =>
      `${SECURITY_PROFILE}: is Enable Digest Authentication checked, and is it the profile that ${PHONE} › ${deviceName(facts)} has?`,
  },
  "accepted-without-digest": {
    applies: ({ final, method, credentials, judged }) =>
      method === "REGISTER" && final?.isSuccess === true && !credentials && judged?.challengedIn === undefined,
    cause:
      "The phone was let in without any digest: it may be known by its address, or the request took another way in.",
    look: (facts) =>
      `${PHONE} › ${deviceName(facts)}: is it a Third-party SIP Device with a Digest User? Does a SIP trunk or a session border controller own the phone's address?`,
  },
  "own-contact-missing": {
    applies: ({ method, final, failure }) =>
      method === "REGISTER" && final?.isSuccess === true && failure?.message.includes("does not list") === true,
    cause:
      "The REGISTER was accepted, but the answer does not list this phone's Contact, so it may be bound elsewhere.",
    look: "Does something between (a session border controller, SIP inspection of a firewall) rewrite Contact headers?",
  },
  "nonce-stale": {
    applies: (facts) => askedAgain(facts) && facts.nextChallenge?.stale === true,
    cause: "The password was right, only the nonce was too old when it came back.",
    look: "The nonce's lifetime (System › Service Parameters), the delay on the way, and whether the nodes of a cluster share their nonces.",
  },
  "realm-of-another": {
    applies: ({ credentials, challenge, status }) =>
      status >= 400 && credentials !== undefined && challenge !== undefined && credentials.realm !== challenge.realm,
    cause: ({ credentials, challenge }) =>
      `The credentials are for realm "${decodeText(credentials?.realm ?? "")}", the challenge was for "${decodeText(challenge?.realm ?? "")}".`,
    look: "The phone's realm setting, if it has one: it has to be taken from the challenge (System › Service Parameters › SIP Station Realm).",
  },
  "nonce-repeated": {
    applies: (facts) => askedAgain(facts) && facts.nextChallenge?.nonce === facts.challenge?.nonce,
    cause: "The same challenge came again, as if no credentials had been seen.",
    look: "Does something between phone and call manager take the Authorization header out, or is the request sent to another node each time?",
  },
  "password-differs": {
    applies: (facts) => askedAgain(facts) && facts.digest?.fits === true,
    cause: (facts) =>
      `The call manager has another password for ${userName(facts)} than the lab: the phone computed its response rightly from that one.`,
    look: (facts) =>
      `${END_USER} › ${userName(facts)} › Digest Credentials (not the web password or PIN): set them anew. Is ${userName(facts)} the Digest User of ${deviceName(facts)}?`,
  },
  "password-verified-though-off": {
    applies: (facts) => askedAgain(facts) && facts.digest?.fits === false && judges(facts, /^REG-15$/),
    cause: (facts) => `The check box is off by the lab, and yet the password of ${userName(facts)} was verified.`,
    look: (facts) => `${SECURITY_PROFILE}, that of ${deviceName(facts)}: is Enable Digest Authentication really off?`,
  },
  "response-misfits": {
    applies: (facts) => askedAgain(facts) && facts.digest?.fits === false,
    cause: (facts) => `The phone sent a response that does not fit the password of ${userName(facts)} in the lab.`,
    look: "The digest below: which input differs. Where the script gives a wrong password on purpose, the refusal itself is right.",
  },
  "credentials-refused": {
    applies: askedAgain,
    cause: (facts) =>
      `Password or user are not the call manager's: it asked again after credentials of ${userName(facts)}.`,
    look: (facts) =>
      `${END_USER} › ${userName(facts)} › Digest Credentials, and ${PHONE} › ${deviceName(facts)} › Digest User: the same user?`,
  },
  "challenge-unanswered": {
    applies: ({ status, credentials }) => (status === 401 || status === 407) && credentials === undefined,
    cause:
      "The phone did not answer the challenge: it was told not to, has no user in the lab, or knows none of the algorithms offered.",
    look: "The lab file: digestUser of the device and password of the user. The challenge's algorithm and qop, in the messages.",
  },
  "everything-forbidden": {
    applies: ({ finalStatuses }) => finalStatuses.length > 1 && finalStatuses.every((status) => status === 403),
    cause:
      "Everything the phones sent was answered 403, so it may be their address that is not welcome and not their settings.",
    look: "Access lists of a session border controller or firewall; the call manager's list of blocked addresses; the transport that the security profile wants.",
  },
  "forbidden-unasked": {
    applies: (facts) => refusedRegister(facts, 403) && facts.judged?.challengedIn === undefined && !facts.credentials,
    cause: "REGISTER was forbidden before any password was asked for, so it is not the password.",
    look: (facts) => `${SECURITY_PROFILE} of ${deviceName(facts)}: Transport Type. Does the device want OAuth or TLS?`,
  },
  "register-forbidden": {
    applies: (facts) => refusedRegister(facts, 403),
    cause: (facts) => `${userName(facts)} is known, but this device or line is not open to it.`,
    look: (facts) =>
      `${PHONE} › ${deviceName(facts)}: Digest User, directory numbers, security profile; is the device enabled and licensed?`,
  },
  "line-or-user-unknown": {
    applies: (facts) => refusedRegister(facts, 404) && facts.credentials !== undefined,
    cause: (facts) =>
      `${userName(facts)} is the Digest User of no device or of more than one, or the number in To is no line of its device.`,
    look: (facts) =>
      `${PHONE}, find by Digest User ${userName(facts)}: it has to be ${deviceName(facts)} alone. Then the device's lines against the number in To.`,
  },
  "domain-unknown": {
    applies: (facts) => refusedRegister(facts, 404),
    cause: "The host in the Request-URI may be none of the call manager's names.",
    look: "System › Server and Enterprise Parameters › Cluster Fully Qualified Domain Name, against target.domain of the lab and the phone's proxy address.",
  },
  "interval-too-brief": {
    applies: ({ status }) => status === 423,
    cause: (facts) => `The lifetime asked for is below the least allowed${toldIn(facts, "Min-Expires")}.`,
    look: "The phone's registration period; System › Service Parameters › SIP Min Expires.",
  },
  "register-unavailable": {
    applies: ({ method, status }) => method === "REGISTER" && (status === 500 || status === 503),
    cause: "The node does not take registrations now: its service may be starting, overloaded or without licences.",
    look: "Serviceability › Control Center: Cisco CallManager on that node; System › Licensing; the device pool's Cisco Unified CM Group.",
  },
});
