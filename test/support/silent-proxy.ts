import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP proxy before a server, which can stop passing bytes on without closing anything. */
export interface SilentProxy extends AsyncDisposable {
  readonly port: number;
  /** How many connections were made through it. */
  readonly connections: number;
  /** The same URL, through the proxy. */
  through(url: string): string;
  /**
   * From now on swallows what comes, in both directions: of the connections that there are, or of later ones, too. The
   * server sees none of it, and goes on holding what it has open.
   */
  goSilent(which: "existing" | "all"): void;
  /** Lets connections that are made from now on pass again; those that were silenced stay silent. */
  speak(): void;
}

interface Passage {
  isSilent: boolean;
  readonly sockets: readonly [Socket, Socket];
}

/** Starts a proxy on a loopback port before a port of this machine. */
export async function startSilentProxy(serverPort: number): Promise<SilentProxy> {
  const passages = new Set<Passage>();
  let silencesAll = false;
  let connections = 0;
  const server = createServer((client) => {
    connections += 1;
    const upstream = connect(serverPort, "127.0.0.1");
    const passage: Passage = { isSilent: silencesAll, sockets: [client, upstream] };
    passages.add(passage);
    pass(passage, client, upstream);
    pass(passage, upstream, client);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get connections() {
      return connections;
    },
    through(url) {
      const own = new URL(url);
      own.hostname = "127.0.0.1";
      own.port = String(port);
      return own.href;
    },
    goSilent(which) {
      for (const passage of passages) passage.isSilent = true;
      silencesAll = which === "all";
    },
    speak() {
      silencesAll = false;
    },
    async [Symbol.asyncDispose]() {
      for (const { sockets } of passages) for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function pass(passage: Passage, from: Socket, to: Socket): void {
  from.on("data", (bytes) => {
    if (passage.isSilent || to.write(bytes)) return;
    // No more is on the way than the system's buffers hold, as without a proxy.
    from.pause();
    to.once("drain", () => from.resume());
  });
  from.on("error", () => undefined);
  // An end is news, too.
  from.on("close", () => passage.isSilent || to.end());
}
