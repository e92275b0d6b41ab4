import { RpcFault } from '../fault.ts';
import { method, type RpcMethod } from '../method.ts';

/** The configuration and the groups of it that are active. */
export const GROUP_METHODS: readonly RpcMethod[] = [
  method({
    name: 'supervisor.reloadConfig',
    params: [],
    returns: {
      type: 'array',
      doc: '[[added, changed, removed]]: three arrays of names of groups, within another array.',
    },
    faults: ['CANT_REREAD'],
    doc: 'Reads the configuration again and says what differs from what is active. Nothing is applied.',
    run({ facade }) {
      const outcome = facade.reread();
      if (!outcome.ok) throw new RpcFault('CANT_REREAD', outcome.message);
      const { added, changed, removed } = outcome.diff;
      return [[added, changed, removed]];
    },
  }),
  method({
    name: 'supervisor.addProcessGroup',
    params: [{ name: 'name', type: 'string', doc: 'Group in the configuration that was last read.' }],
    returns: { type: 'boolean', doc: 'Always true.' },
    faults: ['BAD_NAME', 'ALREADY_ADDED'],
    doc: 'Makes a configured group active and starts what of it starts by itself.',
    run({ facade }, name) {
      const outcome = facade.addGroup(name);
      if (outcome === 'unknown') throw new RpcFault('BAD_NAME', name);
      if (outcome === 'active') throw new RpcFault('ALREADY_ADDED', name);
      return true;
    },
  }),
  method({
    name: 'supervisor.removeProcessGroup',
    params: [{ name: 'name', type: 'string', doc: 'Active group, all of whose processes are down.' }],
    returns: { type: 'boolean', doc: 'Always true.' },
    faults: ['BAD_NAME', 'STILL_RUNNING'],
    doc: 'Makes a stopped group inactive.',
    run({ facade }, name) {
      const outcome = facade.removeGroup(name);
      if (outcome === 'unknown') throw new RpcFault('BAD_NAME', name);
      if (outcome === 'running') throw new RpcFault('STILL_RUNNING', name);
      return true;
    },
  }),
];
