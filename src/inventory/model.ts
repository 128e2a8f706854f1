import type { Protocol } from "../sip/transport/address.ts";

/** Where a value stands in the lab file; 1-based. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Models of Table 1 of the document, used as controls: phones that may use Cisco's extensions. */
export type CiscoDeviceType = `cisco-${7905 | 7911 | 7912 | 7940 | 7941 | 7960 | 7961 | 7970 | 7971}`;

/** `basic` and `advanced` are Third-party SIP Device (Basic) and (Advanced). */
export type DeviceType = "basic" | "advanced" | CiscoDeviceType;

/** Names of PEM files, as they can be opened. */
export interface CertificateFiles {
  readonly certificateFile: string;
  /** Private key of the certificate. */
  readonly keyFile: string;
}

/** TLS of the target: where it is tried, and who vouches for whom. */
export interface TargetTls {
  /** Where TLS is tried. Default 5061; 0 when embedded: the kernel picks one. */
  readonly port: number;
  /** Whether phones check the target's certificate. Default true. */
  readonly verify: boolean;
  /**
   * PEM file of the authorities that vouch for the target's certificate and, when embedded, for those of phones. Absent:
   * the platform's; when embedded, one that is made for the run.
   */
  readonly caFile?: string;
  /** Certificate of the embedded call manager. Absent: made for the run. */
  readonly certificate?: CertificateFiles;
}

/** The call manager under test. */
export interface Target {
  /** True: the reference call manager is started on `host` and provisioned with this lab. */
  readonly embedded: boolean;
  /** Address or name of the call manager. Default 127.0.0.1 when embedded. */
  readonly host: string;
  /** 0 when embedded: the kernel picks one. Default 5060 for a foreign target. */
  readonly port: number;
  readonly transports: readonly Protocol[];
  readonly tls: TargetTls;
  /** Host part of the phones' URIs (their "proxy address"). Default: `host`. */
  readonly domain: string;
  /** Further names of the call manager that its Request-URIs may carry (PRV-08). */
  readonly names: readonly string[];
  /** `cucm` also judges the strict wire form of Cisco's call manager. */
  readonly profile: "cucm" | "generic";
  /** SIP Station Realm. Default ccmsipline. Phones always use the realm they are challenged with. */
  readonly realm: string;
  readonly registration: {
    /** Lifetime that the call manager grants. Default 120 (REG-18). */
    readonly expiresSeconds: number;
    /** Shorter ones are refused with 423. Default 60 (REG-21). */
    readonly minExpiresSeconds: number;
  };
  /** Session timers of the embedded call manager (RFC 4028, CAL-11). */
  readonly sessionTimer: {
    /** Longest interval that it grants. Default 1800. */
    readonly expiresSeconds: number;
    /** Shorter ones are refused with 422. Default 1800, as CUCM's Min-SE (CAL-08). */
    readonly minExpiresSeconds: number;
  };
}

/** An end user; as Digest User of a device it identifies that device (REG-01). */
export interface User {
  readonly id: string;
  /** Digest credentials; absent: none are set (REG-17). Never in a message or a log. */
  readonly password?: string;
  readonly place: Place;
}

/** A phone security profile: whether phones prove who they are. */
export interface PhoneSecurityProfile {
  readonly name: string;
  /** The "Enable Digest Authentication" check box. */
  readonly digestAuthentication: boolean;
  /** One of the standard non-secure profiles: digest cannot be enabled in it (PRV-04). */
  readonly standard: boolean;
  readonly place: Place;
}

/** User parts by which Cisco phones reach a service (EXT-01…05); defaults in `defaults.ts`. */
export interface ServiceUris {
  readonly callPickup: string;
  readonly callPickupGroupOther: string;
  readonly callPickupGroup: string;
  readonly meetMe: string;
  readonly callForward: string;
  readonly abbreviatedDial: string;
}

/** A SIP profile: what the call manager does for the phones that have it, and what it tells them. */
export interface SipProfile {
  readonly name: string;
  readonly serviceUris: ServiceUris;
  /** 96–127. Default 101. */
  readonly telephoneEventPayloadType: number;
  /** INVITEs to the device carry an offer. Default false: delayed offer (CAL-07). */
  readonly earlyOffer: boolean;
  /** Reliable provisional responses (AXL sipRe11XxEnabled). Default false. */
  readonly reliableProvisional: boolean;
  /** What only phones read that are provisioned by TFTP: no effect on third-party ones (PRV-05). */
  readonly phoneParameters: PhoneParameters;
  readonly place: Place;
}

/** Of the section "Parameters used in Phone"; defaults in `defaults.ts`. */
export interface PhoneParameters {
  /** Lifetime that the phone asks for. Default 3600. */
  readonly registerExpiresSeconds: number;
  /** How often the phone follows a redirection. Default 70. */
  readonly maxRedirects: number;
}

/** Numbers to which calls of a line are forwarded; absent: not at all. */
export interface LineForwards {
  readonly all?: string;
  readonly busy?: string;
}

/** A line of a device: a directory number, and how many calls it takes. */
export interface Line {
  readonly directoryNumber: string;
  /** Default: the partition named "" that every search space contains. */
  readonly partition: string;
  /** The number stands on several devices on purpose: a call to it rings at each of them (REG-24). */
  readonly shared: boolean;
  /** Calls on this number at once. Default 2 (CAP-01, CAP-02); 4 for Cisco types. */
  readonly maxCalls: number;
  /** Calls in use from which on a further one is busy. Default 2. */
  readonly busyTrigger: number;
  /** Call pickup group. Absent: it is in none. */
  readonly pickupGroup?: string;
  readonly forwards: LineForwards;
  readonly place: Place;
}

/** A phone as the call manager has it provisioned, and how the simulated one behaves. */
export interface Device {
  /** SEP and twelve hex digits by custom; any unique name. */
  readonly name: string;
  readonly type: DeviceType;
  /** User id of the Digest User field. */
  readonly digestUser?: string;
  /** User id of Device Association. */
  readonly associatedUser?: string;
  /** The lab means it that this digest user stands on several devices (REG-10). */
  readonly sharedDigestUserIntended: boolean;
  readonly securityProfile: PhoneSecurityProfile;
  readonly sipProfile: SipProfile;
  readonly phoneProfile: PhoneProfile;
  readonly lines: readonly Line[];
  /** Partitions the device may call, in order; undefined: no restriction. */
  readonly callingSearchSpace?: readonly string[];
  /** Calls of the whole device at once. Default by type: 2 basic, 16 advanced, 200 Cisco types; 8 and 64 if migrated. */
  readonly maxCalls: number;
  /** Configured on that release and upgraded since: it kept that release's values, 4 calls a line (CAP-03). */
  readonly migratedFrom?: "5.0";
  /** Lifetime that the call manager grants it. Default: `target.registration.expiresSeconds`. */
  readonly registrationSeconds?: number;
  /** Longest and shortest session interval at once that the call manager has with it. Default: `target.sessionTimer`. */
  readonly sessionSeconds?: number;
  /** The "Require DTMF Reception" check box: digits have to reach the device as signals, not as sound alone (DTM-01). */
  readonly requireDtmfReception: boolean;
  /** The "RFC2833 Disabled" check box (DTM-05). Default false. */
  readonly rfc2833Disabled: boolean;
  /** The "Media Termination Point Required" check box: early offer to it, and audio only (CAL-07, DTM-06). Default false. */
  readonly mtpRequired: boolean;
  /** Shown to a target that asks for one over TLS: its own, else that of its phone profile. */
  readonly certificate?: CertificateFiles;
  readonly wireless: boolean;
  /** Twelve hex digits, upper case. Default: those of the name, where it is SEP and twelve. */
  readonly mac?: string;
  readonly location?: string;
  readonly place: Place;
}

/** How a model of phone looks on the wire, whatever it is asked to do. */
export interface PhoneProfile {
  readonly name: string;
  readonly userAgent: string;
  readonly transport: Protocol;
  /** For devices that have no certificate of their own. */
  readonly certificate?: CertificateFiles;
  /** Header names in the order and spelling of that phone; others follow in the stack's order. */
  readonly headerOrder: readonly string[];
  /** Further headers that the phone puts into each request, with their values. */
  readonly headers: Readonly<Record<string, string>>;
  /** Audio codecs by preference: `PCMU`, `PCMA`, `G722`. */
  readonly audioCodecs: readonly string[];
  /** Video codecs by preference: `H264`, `H263`, `VP8`. */
  readonly videoCodecs: readonly string[];
  readonly telephoneEvent: boolean;
  /** Session timers (RFC 4028) of its calls; absent: it has none. */
  readonly sessionTimer?: { readonly intervalSeconds: number; readonly minSeconds: number };
  /** Order of the parameters of Authorization and which of them are quoted; absent: RFC 3261's. */
  readonly digestParameters?: { readonly order: readonly string[]; readonly quoted: readonly string[] };
}

/** How long a phone waits, ms. */
export interface Waits {
  /** For the final response to a request. */
  readonly answerMs: number;
  /** For a call to arrive. */
  readonly ringMs: number;
  /** After a fence, before "nothing came" is believed. */
  readonly settleMs: number;
}

/** A checked lab: every reference resolved, every default filled in. */
export interface Lab {
  readonly file: string;
  readonly target: Target;
  readonly users: ReadonlyMap<string, User>;
  readonly devices: readonly Device[];
  readonly sipProfiles: ReadonlyMap<string, SipProfile>;
  readonly securityProfiles: ReadonlyMap<string, PhoneSecurityProfile>;
  readonly phoneProfiles: ReadonlyMap<string, PhoneProfile>;
  /** Partitions that lines may stand in, besides the one named "". */
  readonly partitions: readonly string[];
  /** Pool of Device License Units (PRV-03); undefined: not counted. */
  readonly licenceUnits?: number;
  /** Directory numbers that stand on no device and keep their values; a lab file has none, disassociating makes them. */
  readonly unassociatedLines: readonly Line[];
  /** Numbers that no line has, for calls to nobody (CAL-06) and for foreign lines (REG-12). */
  readonly unassignedNumbers: readonly string[];
  readonly local: {
    /** Address phones bind and tell; `auto` is the source address that the kernel picks towards the target. */
    readonly address: string;
    /** Inclusive range of local SIP ports; undefined: the kernel picks. */
    readonly ports?: readonly [number, number];
  };
  readonly waits: Waits;
}

export function isThirdParty(type: DeviceType): boolean {
  return type === "basic" || type === "advanced";
}
