import type { XmlRpcStruct } from '../xmlrpc/value.ts';
import { type InfoSource, processInfo, wholeSeconds } from './process-info.ts';
import type { RpcSystem } from './rpc-system.ts';

const isSameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);

/** Whether both give the same struct at one time. */
function isSame(a: InfoSource, b: InfoSource): boolean {
  return (
    a.state === b.state &&
    a.pid === b.pid &&
    a.startedAtMs === b.startedAtMs &&
    a.stoppedAtMs === b.stoppedAtMs &&
    a.name === b.name &&
    a.group === b.group &&
    a.spawnError === b.spawnError &&
    a.exitStatus === b.exitStatus &&
    a.nextRunMs === b.nextRunMs &&
    a.logs.stdout === b.logs.stdout &&
    a.logs.stderr === b.logs.stderr &&
    isSameList(a.waits, b.waits)
  );
}

/** How all processes are; while nothing changes within a second it is the very same list, which nobody may change. */
export class ProcessInfos {
  readonly #system: Pick<RpcSystem, 'renderShortTime'>;
  #views: readonly InfoSource[] = [];
  #second = Number.NaN;
  #infos: readonly XmlRpcStruct[] = [];

  constructor(system: Pick<RpcSystem, 'renderShortTime'>) {
    this.#system = system;
  }

  /** `views` are its own from now on. */
  of(views: readonly InfoSource[], nowMs: number): readonly XmlRpcStruct[] {
    const second = wholeSeconds(nowMs);
    if (second === this.#second && this.#areSame(views)) return this.#infos;
    this.#infos = views.map((view) => processInfo(view, nowMs, this.#system));
    this.#views = views;
    this.#second = second;
    return this.#infos;
  }

  #areSame(views: readonly InfoSource[]): boolean {
    if (views.length !== this.#views.length) return false;
    return views.every((view, index) => {
      const before = this.#views[index];
      return before !== undefined && isSame(view, before);
    });
  }
}
