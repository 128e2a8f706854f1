import { silentLogger } from "../../src/core/logger.ts";
import { seededIds } from "../../src/core/ids.ts";
import { parseLab, type Device, type Lab } from "../../src/inventory/index.ts";
import { MediaEndpoint } from "../../src/media/index.ts";
import { Authenticator } from "../../src/simulator/authenticator.ts";
import type { WireControls } from "../../src/simulator/index.ts";
import { PhoneContext } from "../../src/simulator/phone-context.ts";
import { SipPhone, userOfDevice } from "../../src/simulator/sip-phone.ts";
import { WireTrace } from "../../src/simulator/trace.ts";
import { FakeClock } from "./fake-clock.ts";
import { MemoryMediaNetwork } from "./memory-media-network.ts";
import { FakeSignalling } from "./fake-signalling.ts";

/** Two phones: alice of two lines whose user has a password, bob without digest user. */
export const PHONE_LAB = `
target: { host: 192.0.2.10, domain: cm.example.com }
waits: { answerMs: 5000, ringMs: 3000, settleMs: 100 }
users:
  swhite: { password: s3cret-1002 }
securityProfiles:
  digest: { digestAuthentication: true }
phoneProfiles:
  acme:
    userAgent: Acme Phone 1.0
    headers: { X-Model: acme }
devices:
  alice: { type: advanced, digestUser: swhite, securityProfile: digest, phoneProfile: acme, lines: ["1002", "1003"] }
  bob: { type: basic, lines: ["1009"] }
`;

export function testLab(): Lab {
  return parseLab(PHONE_LAB, "test.lab.yaml", { env: {} });
}

export function deviceOf(lab: Lab, name: string): Device {
  const device = lab.devices.find((candidate) => candidate.name === name);
  if (!device) throw new Error(`no device ${name} in the test lab`);
  return device;
}

export interface PhoneBench {
  readonly phone: SipPhone;
  readonly context: PhoneContext;
  readonly stack: FakeSignalling;
  readonly clock: FakeClock;
  readonly mediaNetwork: MemoryMediaNetwork;
  /** How often wire.clear was called. */
  readonly cleared: () => number;
}

/** A phone of the test lab on a fake stack and a fake clock. */
export function benchPhone(name = "alice"): PhoneBench {
  const lab = testLab();
  const device = deviceOf(lab, name);
  const clock = new FakeClock();
  const ids = seededIds(name);
  const trace = new WireTrace();
  const stack = new FakeSignalling(trace);
  const user = userOfDevice(device, lab);
  const mediaNetwork = new MemoryMediaNetwork();
  const context = new PhoneContext({
    name,
    device,
    domain: lab.target.domain,
    targetAddress: { protocol: "udp", host: "192.0.2.10", port: 5060 },
    address: { protocol: "udp", host: "192.0.2.1", port: 5060 },
    waits: lab.waits,
    clock,
    ids,
    log: silentLogger,
    signalling: stack,
    trace,
    authenticator: new Authenticator({ name, user }, device.phoneProfile.digestParameters, ids),
    media: new MediaEndpoint({ host: "192.0.2.1", clock, ids, network: mediaNetwork }),
  });
  let cleared = 0;
  const wire = { clear: () => (cleared += 1) } as unknown as WireControls;
  return { phone: new SipPhone(context, wire, user), context, stack, clock, mediaNetwork, cleared: () => cleared };
}
