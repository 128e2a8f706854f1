/** Parameter names whose values let a reader attack a password or decrypt media. */
const SECRETS: readonly RegExp[] = [
  /(\b(?:response|rspauth)[ \t]*=[ \t]*"?)([^",\s]+)/gi,
  /(\binline:)([^\s|;]+)/gi,
  /(^(?:Proxy-)?Authorization[ \t]*:[ \t]*Basic[ \t]+)([^\s]+)/gim,
];

/**
 * The text with every secret replaced by asterisks of the same length, so that Content-Length and stream offsets stay
 * true: digest responses (a dictionary attack needs no more), SDES keys (RFC 4568), Basic credentials.
 */
export function maskSecrets(text: string): string {
  let masked = text;
  for (const pattern of SECRETS) {
    masked = masked.replace(pattern, (_all, before: string, secret: string) => before + "*".repeat(secret.length));
  }
  return masked;
}
