import type {
  Device,
  DeviceType,
  PhoneParameters,
  PhoneProfile,
  PhoneSecurityProfile,
  Place,
  ServiceUris,
  SipProfile,
} from "./model.ts";

/** User parts of the service URIs in a new SIP profile of Cisco's call manager (EXT-01…04; AXL 14.0 `addSipProfile`). */
export const SERVICE_URIS: ServiceUris = {
  callPickup: "x-cisco-serviceuri-pickup",
  callPickupGroupOther: "x-cisco-serviceuri-opickup",
  callPickupGroup: "x-cisco-serviceuri-gpickup",
  meetMe: "x-cisco-serviceuri-meetme",
  callForward: "x-cisco-serviceuri-cfwdall",
  abbreviatedDial: "x-cisco-serviceuri-abbrdial",
};

/** AXL `defaultTelephonyEventPayloadType`; also what Cisco's call manager answers with (DTM-02). */
export const TELEPHONE_EVENT_PAYLOAD_TYPE = 101;

/** AXL `timerRegister` and `maxRedirects` of a new SIP profile (PRV-05). */
export const PHONE_PARAMETERS: PhoneParameters = { registerExpiresSeconds: 3600, maxRedirects: 70 };

/** SIP Station Realm (REG-02). */
export const REALM = "ccmsipline";

/** Lifetime that the call manager grants (REG-18), and the least it takes (REG-21). */
export const REGISTRATION = { expiresSeconds: 120, minExpiresSeconds: 60 } as const;

/** Session interval that the call manager grants, and the least it takes: CUCM's Min-SE (CAL-08, CAL-11). */
export const SESSION_TIMER = { expiresSeconds: 1800, minExpiresSeconds: 1800 } as const;

/** Session-Expires and Min-SE of a phone whose profile says no more than that it has session timers (RFC 4028 §4, §5). */
export const PHONE_SESSION_TIMER = { intervalSeconds: 1800, minSeconds: 90 } as const;

/** Patient enough for a call manager across a network; the built-in lab has shorter ones. */
export const WAITS = { answerMs: 5000, ringMs: 5000, settleMs: 300 } as const;

/** What a device of some type may have, and what its lines get when the lab says nothing. */
export interface DeviceLimits {
  readonly maxLines: number;
  /** Calls of the whole device. */
  readonly maxCalls: number;
  /** Calls of one line. */
  readonly lineMaxCalls: number;
  readonly busyTrigger: number;
}

const BASIC: DeviceLimits = { maxLines: 1, maxCalls: 2, lineMaxCalls: 2, busyTrigger: 2 }; // PRV-01, CAP-01
const ADVANCED: DeviceLimits = { maxLines: 8, maxCalls: 16, lineMaxCalls: 2, busyTrigger: 2 }; // PRV-02, CAP-02
/** Cisco's phones take up to 200 calls; their lines start at 4, busy at 2 (Bulk Administration Guide). */
const CISCO: DeviceLimits = { maxLines: Infinity, maxCalls: 200, lineMaxCalls: 4, busyTrigger: 2 };

/** What third-party phones had on release 5.0 and keep over an upgrade (CAP-03, tables 2 and 3). */
const OLD: Readonly<Record<string, Partial<DeviceLimits>>> = {
  basic: { maxCalls: 8, lineMaxCalls: 4 },
  advanced: { maxCalls: 64, lineMaxCalls: 4 },
};

/** What a device and its lines have when the lab says nothing; of a migrated device, what it kept. */
export function defaultsOf({ type, migratedFrom }: Pick<Device, "type" | "migratedFrom">): DeviceLimits {
  return { ...limitsOf(type), ...(migratedFrom === undefined ? {} : OLD[type]) };
}

/** What a device may have, and what a new one gets. */
export function limitsOf(type: DeviceType): DeviceLimits {
  if (type === "basic") return BASIC;
  return type === "advanced" ? ADVANCED : CISCO;
}

const BUILT_IN: Place = { file: "(built in)", line: 1, column: 1 };

/** Profile of a device that names none: digest is off in it and cannot be turned on (STEP5, PRV-04). */
export const STANDARD_SECURITY_PROFILE: PhoneSecurityProfile = {
  name: "standard-non-secure",
  digestAuthentication: false,
  standard: true,
  place: BUILT_IN,
};

/** Profile of a device that names none (STEP4, PRV-09). */
export const STANDARD_SIP_PROFILE: SipProfile = {
  name: "standard",
  serviceUris: SERVICE_URIS,
  telephoneEventPayloadType: TELEPHONE_EVENT_PAYLOAD_TYPE,
  earlyOffer: false,
  reliableProvisional: false,
  phoneParameters: PHONE_PARAMETERS,
  place: BUILT_IN,
};

/** Wire look of a device that names none: the stack's own order of headers. */
export const STANDARD_PHONE_PROFILE: PhoneProfile = {
  name: "offhook",
  userAgent: "offhook",
  transport: "udp",
  headerOrder: [],
  headers: {},
  audioCodecs: ["PCMU", "PCMA", "G722"],
  videoCodecs: ["H264", "H263", "VP8"],
  telephoneEvent: true,
};
