import { type Database, getSecurityEvents, logSecurityEvent, sanitizeInput } from "@nerve/database";
import type { FastifyRequest } from "fastify";
import type { Settings } from "../settings/index.ts";
import { forwardingHeaders } from "./forwarding-headers.ts";
import { isNearby, trustedPeers } from "./trusted-peers.ts";

/** How often the same fault is told, in milliseconds: whoever sends requests must not fill the log. */
const pauseMs = 3600_000;

/** What programs ask that watch over a server; they need name nobody. */
const probes: ReadonlySet<unknown> = new Set(["/api/health", "/api/health/ready"]);

const longestName = 100;
const eventType = "misconfigured";
const rememberedHours = 29 * 24;

/** What can be wrong with a proxy, as far as requests tell. */
type Fault = "unnamed-client" | "unknown-proxy" | "in-the-clear" | "other-name";

/** Looks at how requests come in. */
export interface ProxyWatch {
  /** Records what is wrong with the proxy that sent a request: undefined where nothing is, or it was told within the hour. */
  readonly look: (request: FastifyRequest) => Promise<void> | undefined;
}

/**
 * Makes what finds proxies that are set up wrongly. Nothing is refused for it: it is logged, and recorded as the security event
 * `misconfigured`, which `nerve health` shows until somebody acknowledges it.
 */
export function watchProxies(db: Database, settings: Settings): ProxyWatch {
  const isTrusted = trustedPeers(settings.trustedProxies);
  const publicUrl = settings.publicUrl === null ? null : new URL(settings.publicUrl);
  const told = new Map<Fault, number>();

  function isNews(fault: Fault): boolean {
    const now = db.clock.now().getTime();
    const last = told.get(fault);
    if (last !== undefined && Math.abs(now - last) < pauseMs) return false;
    told.set(fault, now);
    return true;
  }

  return {
    look(request) {
      const peer = request.socket.remoteAddress;
      if (peer === undefined || probes.has(request.routeOptions.url)) return undefined;
      const fault = findFault(request, { isTrusted: isTrusted(peer), publicUrl, peer });
      return fault !== undefined && isNews(fault) ? tell(db, request, { fault, peer, publicUrl }) : undefined;
    },
  };
}

interface Place {
  readonly isTrusted: boolean;
  readonly peer: string;
  readonly publicUrl: URL | null;
}

function findFault(request: FastifyRequest, { isTrusted, peer, publicUrl }: Place): Fault | undefined {
  const { headers } = request;
  if (!isTrusted) {
    // Anybody can write such a header; but who does it from nearby is a proxy.
    const isForwarded = forwardingHeaders.some((name) => headers[name] !== undefined);
    return isForwarded && isNearby(peer) ? "unknown-proxy" : undefined;
  }
  if (headers["x-forwarded-for"] === undefined) return "unnamed-client";
  if (publicUrl === null) return undefined;
  if (publicUrl.protocol === "https:" && request.protocol !== "https") return "in-the-clear";
  return request.host.toLowerCase() === publicUrl.host ? undefined : "other-name";
}

interface Found {
  readonly fault: Fault;
  readonly peer: string;
  readonly publicUrl: URL | null;
}

async function tell(db: Database, request: FastifyRequest, { fault, peer, publicUrl }: Found): Promise<void> {
  const host = sanitizeInput(request.host, { maxLength: longestName });
  const description = describe[fault]({ peer, wanted: publicUrl?.host ?? "" });
  request.log.warn({ fault, peer, host }, description);
  try {
    if (await isKnown(db, description)) return;
    await logSecurityEvent(db, {
      eventType,
      severity: "medium",
      description,
      metadata: { fault, peer, host, requestId: request.id },
    });
  } catch (error) {
    request.log.error({ err: error }, "a fault of the proxy could not be recorded");
  }
}

/** Whether it was recorded before, by whichever process, and nobody has acknowledged it. */
async function isKnown(db: Database, description: string): Promise<boolean> {
  const { items } = await getSecurityEvents(db, { eventType, acknowledged: false, hours: rememberedHours });
  return items.some((event) => event.description === description);
}

interface Told {
  readonly peer: string;
  readonly wanted: string;
}

const remedy = "Compare the proxy's settings with deploy/nginx or deploy/caddy.";

const describe: Readonly<Record<Fault, (told: Told) => string>> = {
  "unnamed-client": ({ peer }) =>
    `A request from ${peer}, which NERVE_TRUSTED_PROXIES names, does not say whom it is forwarded for (X-Forwarded-For). If the proxy sent it, all clients count as one, and each can pretend to be any address. ${remedy} A program on the proxy's machine should ask under the public address.`,
  "unknown-proxy": ({ peer }) =>
    `A proxy at ${peer} forwards requests, and NERVE_TRUSTED_PROXIES does not name it: all its clients count as one address, and the wrong guesses of one keep all of them from signing in. Set NERVE_TRUSTED_PROXIES=${peer}.`,
  "in-the-clear": ({ peer }) =>
    `The proxy at ${peer} forwards a request as http (X-Forwarded-Proto), although NERVE_PUBLIC_URL is https: it takes requests in the clear, or does not say that they were not. ${remedy}`,
  "other-name": ({ peer, wanted }) =>
    `The proxy at ${peer} forwards a request to another name, although NERVE_PUBLIC_URL is at ${wanted}: it answers to other names, or does not pass on the name that was asked for (Host). ${remedy}`,
};
