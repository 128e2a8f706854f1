import { InternalError } from "../../core/errors.ts";

/**
 * The source address that the kernel picks towards `remote`: what a phone binds to and tells when its lab says
 * `local: auto`. Sends nothing.
 * @throws {TransportError} ERR_HOST_NOT_FOUND, ERR_UNREACHABLE.
 */
export function localAddressTowards(remote: { readonly host: string; readonly port?: number }): Promise<string> {
  throw new InternalError(`not there yet: ${remote.host}`, { code: "ERR_NOT_IMPLEMENTED" });
}
