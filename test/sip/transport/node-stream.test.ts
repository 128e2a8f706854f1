import { expect } from "chai";
import { connectNodeTcp, listenNodeTcp } from "../../../src/sip/transport/node-stream.ts";

const OCTETS = 16 * 1024 * 1024;

describe("TCP connection of the kernel", () => {
  it("closes once everything is written, more than the kernel takes at once too", async () => {
    const listener = await listenNodeTcp("127.0.0.1", 0);
    let received = 0;
    const ended = new Promise<void>((resolve) => {
      listener.start((connection) => {
        connection.start({
          received: (octets) => (received += octets.length),
          ended: () => {
            connection.close();
          },
          closed: () => {
            resolve();
          },
        });
      });
    });
    const connection = await connectNodeTcp(listener.local);
    connection.start({ received: () => undefined, ended: () => undefined, closed: () => undefined });
    connection.write(Buffer.alloc(OCTETS), () => undefined);
    expect(connection.unsentOctets).to.be.greaterThan(0);
    connection.close();
    await ended;
    expect(received).to.equal(OCTETS);
    await listener.close();
  });
});
