import { computeResponse, digestAlgorithm, encodeText, type DigestCredentials } from "../sip/message/index.ts";
import { digestHex } from "../sip/message/digest-algorithms.ts";

/** Everything that a digest response is computed from (RFC 7616 §3.4.1). Texts are octet strings. */
export interface DigestInputs {
  readonly username: string;
  readonly realm: string;
  readonly password: string;
  /** Hex of HA1, in place of user name, realm and password. */
  readonly ha1?: string;
  readonly nonce: string;
  readonly method: string;
  readonly uri: string;
  readonly algorithm: string | undefined;
  readonly qop: string | undefined;
  readonly nc: string | undefined;
  readonly cnonce: string | undefined;
  readonly body: Buffer;
}

export interface KnownOfDigest {
  /** Text, as a person types it. */
  readonly password: string;
  /** Text; takes the place of a name that the credentials hash (`userhash`). */
  readonly username?: string;
  readonly method: string;
  readonly body: Buffer;
}

/** The inputs that the credentials themselves name, with what is known beside them. */
export function inputsOf(credentials: DigestCredentials, known: KnownOfDigest): DigestInputs {
  const { realm, nonce, uri, algorithm, qop, nc, cnonce, userhash } = credentials;
  const username = userhash && known.username !== undefined ? encodeText(known.username) : credentials.username;
  const { password, method, body } = known;
  const secret = encodeText(password.normalize("NFC"));
  return { username, realm, password: secret, nonce, method, uri, algorithm, qop, nc, cnonce, body };
}

/** The response that these inputs give; undefined for an algorithm that is not known here. */
export function responseOf(inputs: DigestInputs): string | undefined {
  const { username, realm, password, ...rest } = inputs;
  const algorithm = digestAlgorithm(inputs.algorithm);
  if (!algorithm) return undefined;
  const ha1 = inputs.ha1 ?? digestHex(algorithm, `${username}:${realm}:${password}`);
  return computeResponse({ ...rest, username, realm, ha1 });
}
