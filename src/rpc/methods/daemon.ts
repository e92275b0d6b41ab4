import { SUPERVISOR_STATE_CODES } from '../../model/states.ts';
import { RpcFault } from '../fault.ts';
import { readLog } from '../log-reading.ts';
import { method, type RpcMethod } from '../method.ts';

/** Version of the protocol, by which clients tell that they are compatible. */
const API_VERSION = '3.0';

const TRUE = { type: 'boolean', doc: 'Always true.' } as const;

/** The daemon itself: who it is, its log, its end. */
export const DAEMON_METHODS: readonly RpcMethod[] = [
  method({
    name: 'supervisor.getAPIVersion',
    aliases: ['getVersion'],
    params: [],
    returns: { type: 'string', doc: 'Version of the protocol.' },
    doc: 'Says which version of the control protocol this is.',
    run: () => API_VERSION,
  }),
  method({
    name: 'supervisor.getSupervisorVersion',
    params: [],
    returns: { type: 'string', doc: 'Version of the package.' },
    doc: 'Says which version of the daemon runs.',
    run: ({ facade }) => facade.version,
  }),
  method({
    name: 'supervisor.getIdentification',
    params: [],
    returns: { type: 'string', doc: 'The identifier of the configuration.' },
    doc: 'Says which of several daemons this is.',
    run: ({ facade }) => facade.identifier(),
  }),
  method({
    name: 'supervisor.getState',
    params: [],
    returns: { type: 'struct', doc: 'statecode (int) and statename (string).' },
    doc: 'Says what the daemon is doing. As it answers only while it runs, this is always 1, RUNNING.',
    run({ facade }) {
      const statename = facade.state();
      return { statecode: SUPERVISOR_STATE_CODES[statename], statename };
    },
  }),
  method({
    name: 'supervisor.getPID',
    params: [],
    returns: { type: 'int', doc: 'Process id.' },
    doc: 'Says the process id of the daemon.',
    run: ({ facade }) => facade.pid,
  }),
  method({
    name: 'supervisor.readLog',
    aliases: ['readMainLog'],
    params: [
      { name: 'offset', type: 'int', doc: 'First byte; a negative one counts from the end, with length 0.' },
      { name: 'length', type: 'int', doc: 'Number of bytes; 0 is all that follow.' },
    ],
    returns: { type: 'string', doc: 'Text of the log.' },
    faults: ['NO_FILE', 'BAD_ARGUMENTS', 'FAILED'],
    doc: "Reads the daemon's own log.",
    run: ({ facade }, offset, length) => readLog(facade, facade.mainLogPath(), offset, length),
  }),
  method({
    name: 'supervisor.clearLog',
    params: [],
    returns: TRUE,
    faults: ['NO_FILE', 'FAILED'],
    doc: "Deletes the daemon's own log and begins a new one.",
    run({ facade }) {
      const path = facade.mainLogPath();
      if (path === null || facade.logFileSize(path) === null) throw new RpcFault('NO_FILE');
      if (facade.clearMainLog() !== null) throw new RpcFault('FAILED');
      facade.log('info', 'reopening log file');
      return true;
    },
  }),
  method({
    name: 'supervisor.shutdown',
    params: [],
    returns: TRUE,
    doc: 'Stops every program, then the daemon.',
    run({ facade }) {
      facade.shutdown();
      return true;
    },
  }),
  method({
    name: 'supervisor.restart',
    params: [],
    returns: TRUE,
    doc: 'Stops every program, then begins again with the configuration as it is by then.',
    run({ facade }) {
      facade.restart();
      return true;
    },
  }),
  method({
    name: 'supervisor.sendRemoteCommEvent',
    params: [
      { name: 'type', type: 'text', doc: 'Type in the event.' },
      { name: 'data', type: 'text', doc: 'Body of the event.' },
    ],
    returns: TRUE,
    duringShutdown: true,
    doc: 'Sends an event to the listeners that subscribed to REMOTE_COMMUNICATION.',
    run({ facade }, type, data) {
      facade.emitRemoteCommunication(type, data);
      return true;
    },
  }),
];
