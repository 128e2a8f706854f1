import type { CredentialOptions } from "./phone.ts";

/** The part of `options` that is about credentials. */
export function credentialsOf({ username, password, realm, credentials }: CredentialOptions): CredentialOptions {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(realm === undefined ? {} : { realm }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}
