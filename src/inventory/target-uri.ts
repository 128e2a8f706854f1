import { UsageError } from "../core/errors.ts";
import type { Protocol } from "../sip/transport/address.ts";
import { defaultPort } from "../sip/transport/resolver.ts";
import { isHost } from "./host.ts";
import type { Device, Lab } from "./model.ts";

interface TargetUri {
  readonly host: string;
  readonly port: number;
  /** Undefined: the URI leaves it open. */
  readonly transport: Protocol | undefined;
}

const TARGET_URI = /^sip:(?:\[([^\]]*)\]|([^:;?@[\]]*))(?::(\d{1,5}))?(?:;transport=(udp|tcp|tls))?$/i;

/**
 * The lab with a foreign call manager in place of its own target; users, devices and profiles stay, but that phones
 * whose transport it does not offer take one that it does.
 * @param uri `sip:host`, with `:port` (default 5060, with TLS 5061) and `;transport=udp|tcp|tls` (default: what the lab's
 * target offers).
 * @throws {UsageError} ERR_TARGET_URI: not such a URI.
 */
export function withTarget(lab: Lab, uri: string): Lab {
  const { host, port, transport } = parseTargetUri(uri);
  const transports = transport === undefined ? lab.target.transports : [transport];
  return {
    ...lab,
    devices: lab.devices.map((device) => speaking(device, transports)),
    target: {
      ...lab.target,
      embedded: false,
      host,
      port,
      transports,
      tls: { ...lab.target.tls, port: transport === "tls" ? port : foreignTlsPort(lab) },
      domain: host,
      // The strict form told of the embedded call manager is no claim about this one.
      profile: lab.target.embedded ? "generic" : lab.target.profile,
    },
  };
}

/** Of a foreign target told on the command line only its usual port is known; of the lab's own, that of the lab. */
function foreignTlsPort({ target }: Lab): number {
  return target.embedded ? defaultPort("tls") : target.tls.port;
}

/** The device, with a transport that the target offers. */
function speaking(device: Device, transports: readonly Protocol[]): Device {
  const [first] = transports;
  if (first === undefined || transports.includes(device.phoneProfile.transport)) return device;
  return { ...device, phoneProfile: { ...device.phoneProfile, transport: first } };
}

function parseTargetUri(uri: string): TargetUri {
  const [, v6, name, port, transport] = TARGET_URI.exec(uri) ?? [];
  const host = v6 ?? name ?? "";
  const protocol = transport?.toLowerCase() as Protocol | undefined;
  const number = port === undefined ? defaultPort(protocol ?? "udp") : Number(port);
  if (!isHost(host) || number < 1 || number > 65_535) {
    throw new UsageError(
      `"${uri}" is no call manager's URI. Write sip:HOST[:PORT][;transport=udp|tcp|tls], such as sip:10.0.0.5:5060.`,
      {
        code: "ERR_TARGET_URI",
        details: { uri },
      },
    );
  }
  return { host, port: number, transport: protocol };
}
