/** The control servers with all that answers on them. Imported once programs are on their way: HTTP takes a while to load. */
import { randomBytes } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { HttpError } from '../http/error-page.ts';
import { MemoryReturn } from '../http/memory-return.ts';
import { type HttpServers, renderAddress, serve } from '../http/open-servers.ts';
import type { HttpRequest } from '../http/request.ts';
import type { HttpResponse, Route } from '../http/route.ts';
import { type LogSource, tailRoutes } from '../http/tail.ts';
import type { Log } from '../model/log-level.ts';
import { createClock, createTimer } from '../os/clock.ts';
import { createLogTimeRenderer, renderShortTime } from '../os/local-time.ts';
import type { ListeningSocket } from '../os/sockets.ts';
import { createRpc, type Rpc } from '../rpc/dispatch.ts';
import type { RpcSystem } from '../rpc/rpc-system.ts';
import { createFacade } from '../supervisor/create-facade.ts';
import type { Facade } from '../supervisor/facade.ts';
import type { FacadeContext } from '../supervisor/facade-context.ts';
import { type EventFeed, eventRoutes } from '../web/events-stream.ts';
import { webRoutes } from '../web/routes.ts';

export interface ControlOptions {
  readonly config: Config;
  readonly sockets: readonly ListeningSocket[];
  readonly log: Log;
  readonly tracesRequests: () => boolean;
  readonly facade: FacadeContext;
  readonly events: EventFeed;
}

/** The interface that every client speaks to; others were plugins in Python. */
const MAIN_FACTORY = 'supervisor.rpcinterface:make_main_rpcinterface';

/** Random bytes of the page's token. */
const TOKEN_BYTES = 16;

function createSystem(): RpcSystem {
  const clock = createClock();
  return {
    after(delayMs, task) {
      const timer = createTimer(clock, task);
      timer.set(clock.monotonicMs() + delayMs);
      return () => timer.set(null);
    },
    renderShortTime,
    // Loaded for those who look.
    usageOf: async (pids) => (await import('../os/usage.ts')).readUsage(pids),
  };
}

async function answerCall(rpc: Rpc, request: HttpRequest): Promise<HttpResponse> {
  const { status, body } = await rpc.handle(await request.body(), request.signal);
  if (status !== 200) throw new HttpError(status);
  return { status, headers: { 'Content-Type': 'text/xml' }, body };
}

/** Where a program's output can be followed: its file, or memory where there is none to read. */
function findLog(facade: Facade, group: string, name: string, channel: 'stdout' | 'stderr'): LogSource | null {
  const process = facade.find(group, name);
  if (process === undefined) return null;
  const path = process.logs[channel];
  if (path !== null && facade.logFileSize(path) !== null) return { kind: 'file', path };
  return {
    kind: 'memory',
    log: {
      tail: (bytes) => facade.memoryTail(process.id, channel, bytes),
      subscribe: (listener) => facade.followOutput(process.id, channel, listener),
    },
  };
}

function findMainLog(facade: Facade): LogSource | null {
  const path = facade.mainLogPath();
  return path === null || facade.logFileSize(path) === null ? null : { kind: 'file', path };
}

/** A control protocol only where the file asks for it, as upstream. */
function rpcRoutes(config: Config, rpc: Rpc, log: Log): readonly Route[] {
  for (const { name, factory } of config.rpcInterfaces) {
    if (factory === MAIN_FACTORY) log('info', `RPC interface '${name}' initialized`);
    else log('warn', `[rpcinterface:${name}] ${factory} is a plugin for Supervisor's Python and is not loaded`);
  }
  return [{ match: 'prefix', path: '/RPC2', methods: ['POST'], handle: (request) => answerCall(rpc, request) }];
}

/** Answers on the control sockets from now on. */
export async function serveControl(options: ControlOptions): Promise<HttpServers> {
  const { config, sockets, log, tracesRequests } = options;
  const facade = createFacade(options.facade);
  const hasSupervisor = config.rpcInterfaces.some(
    ({ name, factory }) => name === 'supervisor' && factory === MAIN_FACTORY,
  );
  const rpc = createRpc(facade, createSystem());
  const renderTime = createLogTimeRenderer();
  const web = webRoutes({
    call: (method, params) => rpc.call(method, params),
    identifier: () => facade.identifier(),
    version: facade.version,
    token: randomBytes(TOKEN_BYTES).toString('hex'),
    now: () => renderTime(facade.nowMs()).slice(0, 'YYYY-MM-DD HH:MM:SS'.length),
  });
  const tail = tailRoutes({
    findLog: (group, name, channel) => findLog(facade, group, name, channel),
    mainLog: () => findMainLog(facade),
  });
  const published = hasSupervisor ? rpc : createRpc(facade, createSystem(), { without: 'supervisor' });
  const routes = [...rpcRoutes(config, published, log), ...tail, ...eventRoutes(options.events), ...web];
  const clock = createClock();
  const memory = new MemoryReturn({
    clock,
    createTimer: (onDue) => createTimer(clock, onDue),
    giveBack: () => options.facade.native.giveMemoryBack(),
  });
  const onSent = (bytes: number) => memory.sent(bytes);
  const servers = await serve(config.servers, sockets, { routes, log, tracesRequests, clock, onSent });
  for (const { address } of config.servers) log('info', `serving ${renderAddress(address)}`);
  return servers;
}
