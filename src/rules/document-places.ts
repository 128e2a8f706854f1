import type { DocumentAnchor } from "./rule.ts";

/** A place of the document 000_7552ae0787615893, in words for a reader who does not have it at hand. */
export interface DocumentPlace {
  /** Heading or step under which it stands. */
  readonly heading: string;
  /** What it says, in one or two sentences of ours. */
  readonly says: string;
}

/** Every anchor that a rule may name; they are those of call-manager-rules.md §0. */
export const DOCUMENT_PLACES: Readonly<Record<DocumentAnchor, DocumentPlace>> = {
  STEP1: {
    heading: "Setup process, step 1",
    says: "Before a phone is set up its user, its lines and, where they are used, partition, calling search space and location are known.",
  },
  STEP2: {
    heading: "Setup process, step 2",
    says: "There must be enough licence units: a Basic device takes three, an Advanced one six.",
  },
  STEP3: {
    heading: "Setup process, step 3",
    says: "An end user is made who will be the Digest User. For a phone that knows no authorization ID the user is named like the directory number.",
  },
  STEP4: {
    heading: "Setup process, step 4",
    says: "A SIP profile is made, or the default one is taken. Of it only the section SIP Profile Information acts on third-party phones.",
  },
  STEP5: {
    heading: "Setup process, step 5",
    says: "Digest authentication needs a phone security profile of one's own; in the standard non-secure ones it cannot be switched on.",
  },
  STEP6: {
    heading: "Setup process, step 6",
    says: "The phone is added as Third-party SIP Device: Basic has one line and costs three units, Advanced has up to eight lines and video and costs six.",
  },
  STEP7: { heading: "Setup process, step 7", says: "Lines, that is directory numbers, are added to the phone." },
  STEP8: {
    heading: "Setup process, step 8",
    says: "In the user's window the phone is associated with the user (Device Association).",
  },
  STEP9: {
    heading: "Setup process, step 9",
    says: "In the phone's window the user of step 3 is chosen in the field Digest User.",
  },
  STEP10: {
    heading: "Setup process, step 10",
    says: "The phone itself gets power, network and its own settings, by hand.",
  },
  STEP11: { heading: "Setup process, step 11", says: "Then the phone makes calls." },
  T1: {
    heading: "Table 1, Different setups for SIP phones",
    says: "Of TFTP, MAC address, softkey file, dial plan file, failover and reset, which Cisco phones have more or less of, a third-party phone has none.",
  },
  CFG: {
    heading: "Different setups for SIP phones",
    says: "Three settings must be the same on the phone and in the call manager: the proxy address, the directory numbers and the digest user.",
  },
  ID: {
    heading: "How third-party phones are identified",
    says: "A third-party phone sends no MAC address, so the user name in its REGISTER identifies it. That name must be an end user who is the Digest User of the phone.",
  },
  IDN: {
    heading: "How third-party phones are identified, note",
    says: "An end user may be the Digest User of one third-party phone only. Where one is that of several, these phones do not register.",
  },
  TFTP: {
    heading: "Third-party phones and TFTP",
    says: "The call manager's TFTP server does not configure third-party phones. What is changed on one side, such as a directory number, must be changed on the other too.",
  },
  DIG: {
    heading: "Enable digest authentication",
    says: "With Enable Digest Authentication checked in the phone's security profile the password is verified. Without it the digest only tells who the phone is.",
  },
  TLSN: {
    heading: "Enable digest authentication, note",
    says: "TLS from third-party phones is not supported.",
  },
  DTMF: {
    heading: "DTMF reception",
    says: "Whether digits must be received is a check box of the phone: Require DTMF Reception.",
  },
  "LIC-V": {
    heading: "Licensing, video",
    says: "A Basic device gets no video. Whatever it offers or answers, only the parts that are not video go on to the other side, and it is sent none.",
  },
  "LIC-X": {
    heading: "Licensing, Cisco extensions",
    says: "Neither Basic nor Advanced devices may use Cisco's SIP extensions: service URIs, header extensions, dialog subscriptions, remote call control. Requests for such features are rejected.",
  },
  "LIC-W": {
    heading: "Licensing, note",
    says: "A wireless third-party device must be configured as Advanced.",
  },
  T2: {
    heading: "Table 2, migration of Basic devices",
    says: "A Basic device may have 2 calls (8 before release 5.1), a line 2 (4 before); its busy trigger is 2.",
  },
  T3: {
    heading: "Table 3, migration of Advanced devices",
    says: "An Advanced device may have 16 calls (64 before release 5.1), a line 2 (4 before); its busy trigger is 2.",
  },
  MIG: {
    heading: "Licensing, migration from release 5.0",
    says: "Devices keep their old call limits over an upgrade. Before a line of theirs is changed, the limits must be brought down to the new ones.",
  },
  EX: {
    heading: "Licensing, example of a migration",
    says: "Six lines with 4 calls each are 24, above the 16 of the device. Two lines are taken off, the other four changed, then the two put back.",
  },
};
