import type { CaseFacts } from "./case-facts.ts";
import { causeRows, deviceName, judges, userName, type CauseRow } from "./cause-row.ts";
import { mediaIn } from "./message-words.ts";
import { readLine } from "./exchanges.ts";

const VIDEO: ReadonlySet<string> = new Set(["video", "slides"]);

function accepted(facts: CaseFacts, method: string): boolean {
  return facts.method === method && facts.final?.isSuccess === true;
}

function showsVideo(facts: CaseFacts, type: string, direction: "sent" | "received"): boolean {
  const { messages, start } = facts.scenario;
  return messages.some((line) => {
    if (line.direction !== direction || start.phones[line.endpoint]?.type !== type) return false;
    const seen = readLine(line);
    return seen !== undefined && mediaIn(seen.message)?.some(({ kind, port }) => VIDEO.has(kind) && port > 0) === true;
  });
}

/** Causes of what was accepted, or went on, against a rule: there the status alone says nothing. */
export const RULE_CAUSES: readonly CauseRow[] = causeRows({
  "video-reached-basic": {
    applies: (facts) => judges(facts, /^VID/) && showsVideo(facts, "basic", "received"),
    cause:
      "Video was sent to a Basic phone, so the call manager may hold it for an Advanced one, or does not look at this message of the call.",
    look: "Device › Phone: the type of the Basic device. If it is right, the message with live video below: offer, answer, re-INVITE or ACK.",
  },
  "video-from-basic": {
    applies: (facts) =>
      judges(facts, /^VID/) && showsVideo(facts, "basic", "sent") && showsVideo(facts, "advanced", "received"),
    cause:
      "Video that a Basic phone offered went on to the other side, so the call manager may hold it for an Advanced one, or does not look at this message.",
    look: "Device › Phone: the type of the Basic device. If it is right, which message carried the video: INVITE, answer, ACK, re-INVITE or UPDATE.",
  },
  "video-lost": {
    applies: (facts) =>
      judges(facts, /^(VID|DTM-06)/) &&
      showsVideo(facts, "advanced", "sent") &&
      !showsVideo(facts, "advanced", "received"),
    cause: "Two Advanced phones were to see each other and no video got through.",
    look: "System › Region Information: video bandwidth between their regions; Device › Phone: MTP Required has to be off, and the type Advanced.",
  },
  "shared-user-accepted": {
    applies: (facts) => judges(facts, /^REG-1[01]$/) && accepted(facts, "REGISTER"),
    cause: (facts) =>
      `${userName(facts)} is the Digest User of more than one device in the lab, and yet a phone registered by it.`,
    look: (facts) =>
      `Device › Phone, find by Digest User ${userName(facts)}: has the call manager really several devices with it?`,
  },
  "foreign-line-accepted": {
    applies: (facts) => judges(facts, /^REG-1[234]$|^PRV-0[16]$/) && accepted(facts, "REGISTER"),
    cause: "A number that is no line of the device was registered.",
    look: (facts) =>
      `Device › Phone › ${deviceName(facts)}: its directory numbers. Does auto-registration or a self-made line stand there?`,
  },
  "unknown-user-accepted": {
    applies: (facts) => judges(facts, /^REG-0[789]$/) && accepted(facts, "REGISTER"),
    cause: (facts) => `A phone registered as ${userName(facts)}, who is not to identify any device.`,
    look: (facts) =>
      `User Management › End User and Device › Phone: is ${userName(facts)} the Digest User of a device after all?`,
  },
  "feature-accepted": {
    applies: (facts) => judges(facts, /^EXT/) && facts.final?.isSuccess === true && facts.method !== "REGISTER",
    cause: "A Cisco feature was open to a third-party phone.",
    look: (facts) => `Device › Phone › ${deviceName(facts)}: its type. The service URIs of its SIP profile.`,
  },
  "one-call-too-many": {
    applies: (facts) =>
      judges(facts, /^CAP/) &&
      facts.method === "INVITE" &&
      (facts.final?.isSuccess === true || facts.arrivals.some(({ method }) => method === "INVITE")),
    cause:
      "A call came through above the limit that is expected: the line may allow more, or calls are counted otherwise.",
    look: "Call Routing › Directory Number › the line on its device: Maximum Number of Calls and Busy Trigger, 2 and 2; values kept from release 5.0 are 4 and 2.",
  },
  "digits-lost": {
    applies: (facts) => judges(facts, /^DTM/) && facts.final?.isSuccess !== false,
    cause: "Digits did not arrive as signals: the two sides may have agreed on no common way of sending them.",
    look: "Device › Phone: Require DTMF Reception; SIP profile: Telephony Event Payload Type; telephone-event in both answers.",
  },
});
