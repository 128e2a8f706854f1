import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { asError, TransportError } from "../../core/errors.ts";
import { sendFailure } from "./failures.ts";
import { defaultPort, systemResolver, type Resolver } from "./resolver.ts";

/**
 * The source address that the kernel picks towards `remote`: what a phone binds to and tells when its lab says
 * `local: auto`. Sends nothing.
 * @param remote host is an IP address or a name; the port hardly ever matters. Default 5060.
 * @throws {TransportError} ERR_HOST_NOT_FOUND, ERR_UNREACHABLE.
 */
export async function localAddressTowards(
  remote: { readonly host: string; readonly port?: number | undefined },
  resolver: Resolver = systemResolver(),
): Promise<string> {
  const { host, port = defaultPort("udp") } = remote;
  const [address] = await resolver.locate({ host, port, protocol: "udp" });
  if (!address) throw new TransportError(`${host} has no address.`, { code: "ERR_HOST_NOT_FOUND", details: { host } });
  const socket = createSocket(isIPv6(address.host) ? "udp6" : "udp4");
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      // Connecting a UDP socket makes the kernel choose route and source address; no packet leaves.
      socket.connect(address.port, address.host, (error?: Error) => {
        if (error) reject(error);
        else resolve();
      });
    });
    return socket.address().address;
  } catch (error) {
    throw sendFailure(asError(error), address);
  } finally {
    socket.close();
  }
}
