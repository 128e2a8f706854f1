import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";

/** One entry of a subjectAltName as node shows it; a value with odd characters is a JSON string there. */
const ALTERNATIVE_NAME = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/gy;
/** A SIP URI of a domain: no user part. What follows the host means nothing here. */
const DOMAIN_URI = /^sip:(\[[0-9a-f:.]+\]|[^@:;?[\]]+)(?:[:;?][^@]*)?$/i;

/**
 * Whether a server's certificate is that of `host`: of the domain that a request is for as it was before any look-up,
 * or of an IP address. URIs of SIP domains count before DNS names, and the common name only where the certificate has
 * no other names at all. No wildcards.
 * @param certificate in DER.
 * @returns what is wrong, as the end of a sentence, or undefined.
 * @see RFC 5922 §7.1, §7.2
 */
export function identityProblem(certificate: Buffer, host: string): string | undefined {
  const x509 = new X509Certificate(certificate);
  if (isIP(host) === 0 ? isDomain(x509, host) : x509.checkIP(host) !== undefined) return undefined;
  return `it is for ${x509.subjectAltName ?? x509.subject.replaceAll("\n", ", ")}, not for ${host}`;
}

function isDomain(x509: X509Certificate, host: string): boolean {
  const domains = sipDomains(x509.subjectAltName ?? "");
  if (domains.length > 0) return domains.includes(host.toLowerCase());
  const subject = x509.subjectAltName === undefined ? "always" : "never";
  return x509.checkHost(host, { subject, wildcards: false, partialWildcards: false }) !== undefined;
}

function sipDomains(alternativeNames: string): string[] {
  const domains: string[] = [];
  for (const [, kind, value = ""] of alternativeNames.matchAll(ALTERNATIVE_NAME)) {
    if (kind !== "URI") continue;
    const [, domain] = DOMAIN_URI.exec(value.startsWith('"') ? String(JSON.parse(value)) : value) ?? [];
    if (domain !== undefined) domains.push(domain.toLowerCase());
  }
  return domains;
}
