import { authenticate, hasCredential } from "../authentication/authenticate.ts";
import { refuseTwoHosts } from "../authentication/refuse-two-hosts.ts";
import { refuseOtherSites, requireSite } from "../authentication/refuse-other-sites.ts";
import { fromThisMachine } from "../authentication/this-machine.ts";
import { authorize } from "../authorization/authorize.ts";
import { createLimits } from "../limits/create-limits.ts";
import { liveUrl } from "../routes/health/index.ts";
import { watchProxies } from "../proxies/watch-proxies.ts";
import type { Server, ServerContext } from "../routes/server-context.ts";

/**
 * Puts the guards before every route: limits, other sites, who it is, what they may do. All of it comes before a body is read;
 * only the limit by account comes after.
 */
export function guardRequests(server: Server, context: ServerContext): void {
  const { db, settings, pause } = context;
  const limits = createLimits(db, settings);
  const proxies = watchProxies(db, settings);
  const isFromThisMachine = fromThisMachine(settings);

  server.decorateRequest("principal", null);
  server.decorateRequest("misplacedKey", null);
  server.decorateRequest("scope", null);

  server.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
    refuseTwoHosts(request);
    const { url, config } = request.routeOptions;
    // Whoever watches over the server must not end it for being paused.
    if (url !== liveUrl) pause.refuseMeanwhile();
    const told = proxies.look(request);
    if (told !== undefined) await told;
    if (config.isFile !== true) limits.countRequest(request);
    if (request.is404) return;
    refuseOtherSites(request, settings.publicUrl);
    const { access, guesses, openToThisMachine } = config;
    if (guesses !== undefined) await limits.countGuess(request);
    if (access === "anybody" || access === undefined) return;
    if (openToThisMachine === true && !hasCredential(request, context) && isFromThisMachine(request)) return;
    request.principal = await authenticate(request, context);
    if (request.principal === null) reply.header("www-authenticate", 'Bearer realm="nerve"');
    else if (request.principal.kind === "session" && request.principal.sentBy === "cookie") requireSite(request);
    request.scope = authorize(request, access, db.clock);
  });

  server.addHook("onRoute", (route) => {
    const guesses = route.config?.guesses;
    if (guesses === undefined || guesses === "address") return;
    route.preHandler = [limits.countGuessAtAccount, ...[route.preHandler ?? []].flat()];
  });
}
