import type { Facade } from '../supervisor/facade.ts';
import type { RpcSystem } from './rpc-system.ts';

const INTERVAL_MS = 2000;

interface Report {
  waiters: number;
  cancel: () => void;
}

/** Tells the log whom clients wait for: at once, then every 2 s, once however many wait. Source: process.py stop_report. */
export class StopReports {
  readonly #facade: Pick<Facade, 'log'>;
  readonly #system: Pick<RpcSystem, 'after'>;
  readonly #reports = new Map<string, Report>();

  constructor(facade: Pick<Facade, 'log'>, system: Pick<RpcSystem, 'after'>) {
    this.#facade = facade;
    this.#system = system;
  }

  /** Somebody waits for process `id`, whose own name is `name`, until the returned function is called. */
  begin(id: string, name: string): () => void {
    const report = this.#reports.get(id) ?? { waiters: 0, cancel: () => undefined };
    this.#reports.set(id, report);
    report.waiters += 1;
    if (report.waiters === 1) this.#say(report, name);
    return () => {
      report.waiters -= 1;
      if (report.waiters > 0) return;
      report.cancel();
      this.#reports.delete(id);
    };
  }

  #say(report: Report, name: string): void {
    this.#facade.log('info', `waiting for ${name} to stop`);
    report.cancel = this.#system.after(INTERVAL_MS, () => this.#say(report, name));
  }
}
