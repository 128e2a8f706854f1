import { isIP } from "node:net";
import { z } from "zod";
import {
  PHONE_PARAMETERS,
  PHONE_SESSION_TIMER,
  REALM,
  REGISTRATION,
  SERVICE_URIS,
  SESSION_TIMER,
  STANDARD_PHONE_PROFILE,
  STANDARD_SECURITY_PROFILE,
  STANDARD_SIP_PROFILE,
  TELEPHONE_EVENT_PAYLOAD_TYPE,
  WAITS,
} from "./defaults.ts";
import { isHost } from "./host.ts";

const DEVICE_TYPES = [
  "basic",
  "advanced",
  "cisco-7905",
  "cisco-7911",
  "cisco-7912",
  "cisco-7940",
  "cisco-7941",
  "cisco-7960",
  "cisco-7961",
  "cisco-7970",
  "cisco-7971",
] as const;

const DIGEST_PARAMETERS = [
  "username",
  "realm",
  "nonce",
  "uri",
  "response",
  "algorithm",
  "cnonce",
  "opaque",
  "qop",
  "nc",
] as const;

/** Headers that the stack makes: a fixed value for one of them would break every message. */
const STACK_HEADERS = new Set(
  (
    "authorization call-id contact content-length content-type cseq from max-forwards proxy-authorization " +
    "record-route route to user-agent via c f i l m t v"
  ).split(" "),
);

const HEADER_NAME = /^[A-Za-z0-9.!%*_+`'~-]+$/;
/** Characters of a URI's user part that need no escape (RFC 3261 §25.1), and escapes. */
const USER_PART = /^[A-Za-z0-9\-_.!~*'()&=+$,;?/%]+$/;

/** Anything but control characters: it ends up in a header. */
const text = z.string().regex(/^[^\p{Cc}]+$/u, { error: "must be text on one line, not empty" });
/** A name that may look like a number: users are often named like their line. */
const name = z.union([text, z.int()], { error: "must be a name" }).transform(String);
const port = z.int().min(1).max(65_535);
const milliseconds = z.int().min(1).max(600_000);
const transport = z.enum(["udp", "tcp", "tls"]);
const calls = z.int().min(1).max(200);
const sessionSeconds = z.int().min(1).max(86_400);

const host = z
  .string()
  .transform((value) => value.replace(/^\[(.*)\]$/, "$1"))
  .refine(isHost, { error: "must be an IP address or a host name" });

const DIRECTORY_NUMBER_ERROR = {
  error: "must be a directory number: digits, also * and #, with a leading + if need be",
};
const directoryNumber = z
  .union(
    [z.string().regex(/^\+?[0-9*#]{1,32}$/, DIRECTORY_NUMBER_ERROR), z.int().nonnegative()],
    DIRECTORY_NUMBER_ERROR,
  )
  .transform(String);

const NUMBERS_ERROR = {
  error: "must be a directory number, or a range of at most 1000 from the lower to the higher, such as 7901-7932",
};
/** `7901-7932` for the numbers from the first to the last. */
const numberRange = z
  .string()
  .regex(/^\d{1,9}-\d{1,9}$/, NUMBERS_ERROR)
  .transform((range) => range.split("-") as [string, string])
  .refine(([from, to]) => from.length === to.length && from <= to && Number(to) - Number(from) < 1000, NUMBERS_ERROR)
  .transform(([from, to]) =>
    Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => padded(Number(from) + index, from.length)),
  );

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, "0");
}

const file = z.string().min(1, { error: "must be the name of a file" });
const certificateFile = file.describe("Certificate as PEM, behind it those of authorities below the root.");
const keyFile = file.describe("Private key of the certificate as PEM, without a passphrase.");
const certificateFiles = z
  .strictObject({ certificateFile, keyFile })
  .describe("Client certificate for TLS. File names count from the folder of the lab file.");

const targetTls = z
  .strictObject({
    port: z.int().min(0).max(65_535).exactOptional().describe("Default 5061; when embedded 0: any free port."),
    verify: z.boolean().default(true).describe("Whether phones check the target's certificate."),
    caFile: file
      .exactOptional()
      .describe("Authorities that vouch for the target's certificate and, when embedded, for those of phones."),
    certificateFile: certificateFile.exactOptional(),
    keyFile: keyFile.exactOptional(),
  })
  .refine((tls) => (tls.certificateFile === undefined) === (tls.keyFile === undefined), {
    error: "needs certificateFile and keyFile together",
  })
  .refine((tls) => tls.certificateFile === undefined || tls.caFile !== undefined, {
    error: "needs caFile beside certificateFile: the authority that issued it",
  });

const target = z.strictObject({
  embedded: z
    .boolean()
    .exactOptional()
    .describe("Start the reference call manager. Default: true unless host is given."),
  host: host.exactOptional().describe("Address or name of the call manager. Default 127.0.0.1 when embedded."),
  port: z.int().min(0).max(65_535).exactOptional().describe("Default 5060; when embedded 0: any free port."),
  transports: z.array(transport).min(1).default(["udp", "tcp"]).describe("Transports that the call manager offers."),
  tls: targetTls.prefault({}).describe("How the target speaks TLS. File names count from the folder of the lab file."),
  domain: host.exactOptional().describe("Host part of the phones' URIs. Default: host."),
  names: z.array(host).default([]).describe("Further names of the call manager that Request-URIs may carry (PRV-08)."),
  profile: z
    .enum(["cucm", "generic"])
    .exactOptional()
    .describe("cucm also judges the strict wire form of Cisco's call manager. Default generic; cucm when embedded."),
  realm: text.default(REALM).describe("Digest realm of the embedded call manager (SIP Station Realm)."),
  registration: z
    .strictObject({
      expiresSeconds: z.int().min(1).default(REGISTRATION.expiresSeconds).describe("Lifetime granted (REG-18)."),
      minExpiresSeconds: z
        .int()
        .min(1)
        .default(REGISTRATION.minExpiresSeconds)
        .describe("Shorter lifetimes are refused with 423 (REG-21)."),
    })
    .refine((registration) => registration.expiresSeconds >= registration.minExpiresSeconds, {
      error: "grants a lifetime (expiresSeconds) that it refuses (minExpiresSeconds)",
    })
    .prefault({}),
  sessionTimer: z
    .strictObject({
      expiresSeconds: sessionSeconds
        .default(SESSION_TIMER.expiresSeconds)
        .describe("Longest session interval granted."),
      minExpiresSeconds: sessionSeconds
        .default(SESSION_TIMER.minExpiresSeconds)
        .describe("Shorter session intervals are refused with 422."),
    })
    .refine((timer) => timer.expiresSeconds >= timer.minExpiresSeconds, {
      error: "grants a session interval (expiresSeconds) that it refuses (minExpiresSeconds)",
    })
    .prefault({})
    .describe("Session timers of the embedded call manager, RFC 4028 (CAL-11)."),
});

const local = z.strictObject({
  address: z
    .string()
    .refine((value) => value === "auto" || isIP(value) !== 0, { error: 'must be "auto" or an IP address' })
    .default("auto")
    .describe("Address that phones bind and tell; auto: the source address that the kernel picks towards the target."),
  ports: z
    .tuple([port, port])
    .refine(([from, to]) => from <= to, { error: "must run from the lower port to the higher" })
    .exactOptional()
    .describe("First and last local SIP port. Default: the kernel picks."),
});

const waits = z.strictObject({
  answerMs: milliseconds.default(WAITS.answerMs).describe("For the final response to a request."),
  ringMs: milliseconds.default(WAITS.ringMs).describe("For a call to arrive."),
  settleMs: milliseconds.default(WAITS.settleMs).describe('Before "nothing came" is believed.'),
});

const user = z.strictObject({
  password: z
    .union(
      [z.string().min(1, { error: "must not be empty; leave it out for a user without digest credentials" }), z.int()],
      {
        error: "must be text",
      },
    )
    .transform(String)
    .exactOptional()
    .describe("Digest credentials, best as ${VARIABLE}. Left out: none are set (REG-17)."),
});

const securityProfile = z.strictObject({
  digestAuthentication: z.boolean().default(false).describe('The "Enable Digest Authentication" check box.'),
  standard: z
    .boolean()
    .default(false)
    .describe("One of the standard non-secure profiles, in which digest cannot be enabled (PRV-04)."),
});

const serviceUri = z.string().regex(USER_PART, { error: "must be the user part of a SIP URI" });
const sipProfile = z.strictObject({
  serviceUris: z
    .strictObject({
      callPickup: serviceUri.default(SERVICE_URIS.callPickup),
      callPickupGroupOther: serviceUri.default(SERVICE_URIS.callPickupGroupOther),
      callPickupGroup: serviceUri.default(SERVICE_URIS.callPickupGroup),
      meetMe: serviceUri.default(SERVICE_URIS.meetMe),
      callForward: serviceUri.default(SERVICE_URIS.callForward),
      abbreviatedDial: serviceUri.default(SERVICE_URIS.abbreviatedDial),
    })
    .prefault({})
    .describe("User parts by which Cisco phones reach a service (EXT-01…05)."),
  telephoneEventPayloadType: z
    .int()
    .min(96)
    .max(127)
    .default(TELEPHONE_EVENT_PAYLOAD_TYPE)
    .describe("RTP payload type of telephone-event."),
  earlyOffer: z.boolean().default(false).describe("INVITEs to the device carry an offer (CAL-07)."),
  reliableProvisional: z.boolean().default(false).describe("Reliable provisional responses, RFC 3262 (CAL-11)."),
  phoneParameters: z
    .strictObject({
      registerExpiresSeconds: z.int().min(1).default(PHONE_PARAMETERS.registerExpiresSeconds),
      maxRedirects: z.int().min(0).max(70).default(PHONE_PARAMETERS.maxRedirects),
    })
    .prefault({})
    .describe("What phones read that are provisioned by TFTP; no effect on third-party phones (PRV-05)."),
});

const headerName = z.string().regex(HEADER_NAME, { error: "must be the name of a header" });
const phoneProfile = z.strictObject({
  userAgent: text.default(STANDARD_PHONE_PROFILE.userAgent),
  transport: transport.default(STANDARD_PHONE_PROFILE.transport),
  certificate: certificateFiles.exactOptional(),
  headerOrder: z
    .array(headerName)
    .default([])
    .describe("Names in the order and spelling of that phone; other headers follow in the stack's order."),
  headers: z
    .record(headerName, text)
    .refine((headers) => !Object.keys(headers).some((key) => STACK_HEADERS.has(key.toLowerCase())), {
      error: "must not fix a header that the stack makes (Via, From, To, Call-ID, CSeq, Contact, User-Agent…)",
    })
    .default({})
    .describe("Further headers of each request, with their values."),
  audioCodecs: z
    .array(z.enum(["PCMU", "PCMA", "G722"]))
    .min(1)
    .default(["PCMU", "PCMA", "G722"])
    .describe("By preference."),
  videoCodecs: z
    .array(z.enum(["H264", "H263", "VP8"]))
    .default(["H264", "H263", "VP8"])
    .describe("By preference."),
  telephoneEvent: z.boolean().default(STANDARD_PHONE_PROFILE.telephoneEvent),
  sessionTimer: z
    .strictObject({
      intervalSeconds: sessionSeconds.default(PHONE_SESSION_TIMER.intervalSeconds),
      minSeconds: sessionSeconds.default(PHONE_SESSION_TIMER.minSeconds),
    })
    .refine((timer) => timer.intervalSeconds >= timer.minSeconds, {
      error: "asks for a session interval (intervalSeconds) that it refuses (minSeconds)",
    })
    .exactOptional()
    .describe("Session timers of its calls, RFC 4028: Session-Expires and Min-SE. Default: it has none."),
  digestParameters: z
    .strictObject({ order: z.array(z.enum(DIGEST_PARAMETERS)), quoted: z.array(z.enum(DIGEST_PARAMETERS)) })
    .exactOptional()
    .describe("Order of the parameters of Authorization, and which of them are quoted. Default: as in RFC 3261."),
});

const line = z.strictObject({
  number: directoryNumber,
  partition: name.default("").describe('Default: the partition named "", which every search space contains.'),
  shared: z.boolean().default(false).describe("The number stands on several devices on purpose; each of them says so."),
  maxCalls: calls.exactOptional().describe("Calls on this number at once. Default 2 (CAP-01, CAP-02)."),
  busyTrigger: calls.exactOptional().describe("Calls in use from which on a further one is busy. Default 2."),
  pickupGroup: name.exactOptional().describe("Number of the call pickup group."),
  forwards: z
    .strictObject({ all: directoryNumber.exactOptional(), busy: directoryNumber.exactOptional() })
    .default({})
    .describe("Forwards set by the administrator."),
});

const device = z.strictObject({
  type: z.enum(DEVICE_TYPES).describe("basic and advanced: Third-party SIP Device; Cisco models serve as controls."),
  digestUser: name.exactOptional().describe("User that identifies the device (STEP9)."),
  sharedDigestUser: z
    .literal("intended")
    .exactOptional()
    .describe("Says that this digest user stands on several devices on purpose: none of them registers (REG-10)."),
  associatedUser: name
    .nullable()
    .exactOptional()
    .describe("User of Device Association (STEP8); identifies nothing. Default: the digest user; null: nobody."),
  securityProfile: name.default(STANDARD_SECURITY_PROFILE.name),
  sipProfile: name.default(STANDARD_SIP_PROFILE.name),
  phoneProfile: name.default(STANDARD_PHONE_PROFILE.name),
  lines: z
    .array(z.union([directoryNumber, line], { error: "must be a directory number or a mapping with `number`" }))
    .min(1)
    .describe("Directory numbers, or mappings where a line needs more than its number."),
  callingSearchSpace: z.array(name).exactOptional().describe("Partitions that it may call, in order. Default: all."),
  maxCalls: calls.exactOptional().describe("Calls of the whole device. Default 2 basic, 16 advanced."),
  migratedFrom: z
    .literal("5.0")
    .exactOptional()
    .describe("Upgraded from that release: it kept that release's values, 4 calls for each line (CAP-03)."),
  registrationSeconds: z
    .int()
    .min(1)
    .exactOptional()
    .describe("Lifetime that the call manager grants it. Default: target.registration.expiresSeconds."),
  sessionSeconds: sessionSeconds
    .exactOptional()
    .describe(
      "Session interval, longest and shortest, that the call manager has with it. Default: target.sessionTimer.",
    ),
  requireDtmfReception: z
    .boolean()
    .default(false)
    .describe("Digits have to reach it as signals, not as sound alone (DTM-01)."),
  rfc2833Disabled: z.boolean().default(false).describe('The "RFC2833 Disabled" check box (DTM-05).'),
  mtpRequired: z
    .boolean()
    .default(false)
    .describe('The "Media Termination Point Required" check box: early offer to it, and audio only (CAL-07, DTM-06).'),
  certificate: certificateFiles.exactOptional(),
  wireless: z.boolean().default(false),
  mac: z
    .string()
    .regex(/^[0-9A-Fa-f]{2}(?:[:.-]?[0-9A-Fa-f]{2}){5}$/, { error: "must be a MAC address: 12 hexadecimal digits" })
    .exactOptional(),
  location: text.exactOptional().describe("Where it stands."),
});

/** The lab file, as it is written. */
export const labFile = z.strictObject({
  target: target.prefault({}).describe("The call manager under test."),
  local: local.prefault({}).describe("Where the phones are."),
  waits: waits.prefault({}).describe("How long phones wait, ms."),
  users: z.record(z.string(), user).default({}).describe("End users, by user id."),
  partitions: z.array(name).default([]).describe("Names of the partitions that lines may stand in."),
  securityProfiles: z.record(z.string(), securityProfile).default({}).describe("Phone security profiles, by name."),
  sipProfiles: z.record(z.string(), sipProfile).default({}).describe("SIP profiles, by name."),
  phoneProfiles: z
    .record(z.string(), phoneProfile)
    .default({})
    .describe("How models of phones look on the wire, by name."),
  devices: z.record(z.string(), device).default({}).describe("Devices, by name."),
  licenceUnits: z
    .int()
    .min(0)
    .exactOptional()
    .describe("Pool of Device License Units: a Basic takes 3, an Advanced 6 (PRV-03). Default: not counted."),
  unassignedNumbers: z
    .array(z.union([directoryNumber, numberRange], NUMBERS_ERROR))
    .default([])
    .transform((numbers) => numbers.flat())
    .describe("Numbers that no line has, for calls to nobody; ranges as 7901-7932."),
});

/** A lab file of the right shape, with defaults; its references are not checked yet. */
export type LabFile = z.output<typeof labFile>;
export type DeviceEntry = LabFile["devices"][string];
export type LineEntry = Exclude<DeviceEntry["lines"][number], string>;

/**
 * JSON Schema (draft 2020-12) of lab files, so that an editor completes and checks them. It sees values as they are
 * written: a number given as `${VARIABLE}` is text to it.
 */
export function labSchema(): Record<string, unknown> {
  return { title: "offhook lab file", ...z.toJSONSchema(labFile, { io: "input", target: "draft-2020-12" }) };
}
