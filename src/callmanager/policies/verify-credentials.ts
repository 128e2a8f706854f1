import type { Device, User } from "../../inventory/model.ts";
import { decodeText, responseMatches, type DigestCredentials } from "../../sip/message/index.ts";
import type { Directory } from "../directory.ts";
import type { NonceState } from "../nonces.ts";
import type { Binding } from "../location-service.ts";
import { refuse, type ReceivedRequest, type Refusal, type Ruling } from "./ruling.ts";

export interface CredentialsQuestion extends ReceivedRequest {
  readonly directory: Directory;
  readonly device: Device;
  /** The device's Digest User. */
  readonly user: User | undefined;
  readonly credentials: DigestCredentials;
  readonly realm: string;
  readonly nonce: NonceState;
  readonly method: string;
  readonly body: Buffer;
  /** Algorithms that the challenges offer, upper case: MD5 alone. */
  readonly algorithms: readonly string[];
  /** The live binding of the device's line that the request is about: a REGISTER with one is a refresh. */
  readonly binding: Binding | undefined;
}

export interface Verification extends Ruling {
  readonly outcome: "verified" | "not checked";
}

/**
 * Whether the credentials prove the device. With the check box "Enable Digest Authentication" off the username is all
 * that counts (REG-15, REG-16); with it on, the response has to be right (REG-06), for a nonce of ours that is not
 * too old, with the credentials set for this device's own user (REG-17, CAL-03).
 */
export function verifyCredentials(
  question: Omit<CredentialsQuestion, keyof ReceivedRequest | "binding" | "directory">,
): Verification | Refusal {
  const { device, user, credentials } = question;
  if (!device.securityProfile.digestAuthentication) {
    return { outcome: "not checked", rules: ["REG-15"], reason: `digest authentication is off for ${device.name}` };
  }
  if (decodeText(credentials.username) !== device.digestUser) {
    return refuse(401, ["CAL-03"], `credentials of another user than ${device.name}'s`);
  }
  if (user?.password === undefined) {
    return refuse(401, ["REG-17"], `no digest credentials are set for the user of ${device.name}`);
  }
  if (decodeText(credentials.realm) !== question.realm) {
    return refuse(401, ["REG-02"], `credentials for another realm than ${question.realm}`);
  }
  if (question.nonce !== "valid") return refuse(401, ["REG-02"], `the nonce is ${question.nonce}`);
  if (!question.algorithms.includes((credentials.algorithm ?? "MD5").toUpperCase())) {
    return refuse(401, ["REG-02"], "credentials by an algorithm that was not offered");
  }
  if (!responseMatches(credentials, user.password, question.method, question.body)) {
    return refuse(401, ["REG-06", "REG-16"], `wrong digest response for ${device.name}`);
  }
  return { outcome: "verified", rules: ["REG-03", "REG-16"], reason: `right digest response for ${device.name}` };
}
