import { shortNamespec } from '../model/namespec.ts';
import type { Facade } from '../supervisor/facade.ts';
import type { XmlRpcStruct } from '../xmlrpc/value.ts';
import { isMet } from './wait-for-condition.ts';

/** What depends on what: initvisor.graph's structs, in the order of names. */
export function dependencyGraph(facade: Facade): readonly XmlRpcStruct[] {
  const views = facade.list();
  const byId = new Map(views.map((view) => [view.id, view]));
  return views.map(({ id, state, ready, waits, config }) => ({
    ...{ name: shortNamespec(id), state, ready, waits },
    depends_on: config.depends_on.map((dependency) => {
      const target = byId.get(dependency.id);
      const met = target !== undefined && isMet(dependency.condition, target);
      return { name: shortNamespec(dependency.id), condition: dependency.condition, met };
    }),
    restart_with: config.restart_with.map(shortNamespec),
  }));
}
