import type { Facade } from '../supervisor/facade.ts';
import { ProcessInfos } from './process-infos.ts';
import type { RpcSystem } from './rpc-system.ts';
import { StopReports } from './stop-reports.ts';

/** What all calls of one daemon have in common. */
export interface SharedState {
  readonly stopReports: StopReports;
  readonly processInfos: ProcessInfos;
}

export const createSharedState = (facade: Facade, system: RpcSystem): SharedState => ({
  stopReports: new StopReports(facade, system),
  processInfos: new ProcessInfos(system),
});
