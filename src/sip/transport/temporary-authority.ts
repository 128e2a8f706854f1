import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { isIP } from "node:net";
import type { Clock } from "../../core/clock.ts";
import type { Ids } from "../../core/ids.ts";
import { comparableHost } from "../message/index.ts";
import {
  bitString,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  truth,
  utcTime,
  utf8String,
} from "./der.ts";

/** A certificate and its private key, as PEM. */
export interface MadeCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface MadeCertificateOptions {
  readonly commonName: string;
  /** IP addresses and DNS names that it is for. Default: none. */
  readonly hosts?: readonly string[];
}

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const COMMON_NAME = "2.5.4.3";
const SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
const KEY_USAGE = "2.5.29.15";
const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
const BASIC_CONSTRAINTS = "2.5.29.19";
const AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
/** Bits digitalSignature, and keyCertSign with cRLSign (RFC 5280 §4.2.1.3). */
const SIGNS = bitString(Buffer.of(0x80), 7);
const CERTIFIES = bitString(Buffer.of(0x06), 1);
const KEY_IDENTIFIER = 0;
const DNS_NAME = 2;
const IP_ADDRESS = 7;
const X509_V3 = Buffer.of(2);

const DAY_MS = 24 * 60 * 60 * 1000;
/** Long enough for any run, and for a clock that is a day late. */
const VALID_DAYS = { before: 1, after: 30 } as const;

interface Subject {
  readonly name: Buffer;
  /** By which certificates of one name are told apart (RFC 5280 §4.2.1.2). */
  readonly keyId: Buffer;
  readonly keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
}

/**
 * A certification authority that lives as long as its run: what is to speak TLS and was given no certificate gets one
 * from here. Keys are on P-256; nothing is written to disk.
 * @see RFC 5280 §4
 */
export class TemporaryAuthority {
  /** Certificate of the authority itself, as PEM: what its peers have to trust. */
  readonly ca: string;
  readonly #clock: Pick<Clock, "wallTime">;
  readonly #ids: Pick<Ids, "bytes" | "hex">;
  readonly #self: Subject;

  constructor(clock: Pick<Clock, "wallTime">, ids: Pick<Ids, "bytes" | "hex">) {
    this.#clock = clock;
    this.#ids = ids;
    // A name of its own: of two authorities with one name, OpenSSL would try the wrong one's key.
    this.#self = newSubject(`offhook authority ${ids.hex(4)}`);
    this.ca = this.#certificate(this.#self, this.#self, [
      extension(BASIC_CONSTRAINTS, sequence(truth()), true),
      extension(KEY_USAGE, CERTIFIES, true),
    ]);
  }

  /** A certificate of this authority's, for servers and clients alike. */
  issue(options: MadeCertificateOptions): MadeCertificate {
    return this.#issue(options, () => this.#self);
  }

  /** A certificate that nobody vouches for but itself. */
  selfSigned(options: MadeCertificateOptions): MadeCertificate {
    return this.#issue(options, (subject) => subject);
  }

  #issue({ commonName, hosts = [] }: MadeCertificateOptions, issuerOf: (subject: Subject) => Subject): MadeCertificate {
    const subject = newSubject(commonName);
    const certificate = this.#certificate(subject, issuerOf(subject), [
      extension(BASIC_CONSTRAINTS, sequence(), true),
      extension(KEY_USAGE, SIGNS, true),
      ...(hosts.length > 0 ? [extension(SUBJECT_ALTERNATIVE_NAME, sequence(...hosts.map(generalName)))] : []),
    ]);
    return { certificate, key: subject.keys.privateKey.export({ type: "pkcs8", format: "pem" }) as string };
  }

  #certificate(subject: Subject, issuer: Subject, extensions: readonly Buffer[]): string {
    const now = this.#clock.wallTime();
    const algorithm = sequence(objectIdentifier(ECDSA_WITH_SHA256));
    const keyIds = [
      extension(SUBJECT_KEY_IDENTIFIER, octetString(subject.keyId)),
      extension(AUTHORITY_KEY_IDENTIFIER, sequence(implicit(KEY_IDENTIFIER, issuer.keyId))),
    ];
    const toBeSigned = sequence(
      explicit(0, integer(X509_V3)),
      integer(serialNumber(this.#ids)),
      algorithm,
      issuer.name,
      sequence(utcTime(new Date(now - VALID_DAYS.before * DAY_MS)), utcTime(new Date(now + VALID_DAYS.after * DAY_MS))),
      subject.name,
      spkiOf(subject.keys.publicKey),
      explicit(3, sequence(...extensions, ...keyIds)),
    );
    const signature = sign("sha256", toBeSigned, issuer.keys.privateKey);
    return pem(sequence(toBeSigned, algorithm, bitString(signature)));
  }
}

function newSubject(commonName: string): Subject {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    name: sequence(set(sequence(objectIdentifier(COMMON_NAME), utf8String(commonName)))),
    keyId: createHash("sha256").update(spkiOf(keys.publicKey)).digest().subarray(0, 20),
    keys,
  };
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" });
}

/** At most 20 octets, positive, not 0 (RFC 5280 §4.1.2.2). */
function serialNumber(ids: Pick<Ids, "bytes">): Buffer {
  return Buffer.concat([Buffer.of(0x01), ids.bytes(15)]);
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(objectIdentifier(id), ...(critical ? [truth()] : []), octetString(value));
}

function generalName(host: string): Buffer {
  if (isIP(host) === 0) return implicit(DNS_NAME, Buffer.from(host, "latin1"));
  return implicit(IP_ADDRESS, isIP(host) === 4 ? Buffer.from(host.split(".").map(Number)) : octetsOfV6(host));
}

function octetsOfV6(host: string): Buffer {
  const groups = comparableHost(host).split(":");
  return Buffer.from(groups.map((group) => group.padStart(4, "0")).join(""), "hex");
}

function pem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
