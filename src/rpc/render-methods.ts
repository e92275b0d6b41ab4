import type { RpcMethod } from './method.ts';
import { METHODS, namesOf } from './method-table.ts';
import { WIRE_TYPES } from './parameters.ts';

function methodLines(method: RpcMethod): string[] {
  const { name, params, returns, faults = [], duringShutdown = false, doc } = method;
  const list = params.map((param) => (param.default === undefined ? param.name : `${param.name}=${param.default}`));
  const [, ...aliases] = namesOf(method);
  return [
    `### ${name}(${list.join(', ')})`,
    '',
    doc,
    '',
    ...params.map((param) => `- \`${param.name}\` (${WIRE_TYPES[param.type]}): ${param.doc}`),
    `- returns ${returns.type}: ${returns.doc}`,
    ...(faults.length > 0 ? [`- faults: ${faults.join(', ')}`] : []),
    ...(aliases.length > 0 ? [`- also called ${aliases.join(', ')}`] : []),
    ...(duringShutdown ? ['- answers during a shutdown, too'] : []),
    '',
  ];
}

/** The reference of all methods, drawn from their table. */
export function renderMethods(): string {
  const namespaces = [...new Set(METHODS.map(({ name }) => name.slice(0, name.indexOf('.'))))];
  return [
    '<!-- Written by npm run generate. -->',
    '# Methods of the control protocol',
    '',
    'XML-RPC by POST on `/RPC2`, as Supervisor speaks it; `initvisor.*` is our own. A wrong number of parameters, or one of a',
    'wrong type, is the fault INCORRECT_PARAMETERS. While the daemon shuts down all is the fault SHUTDOWN_STATE, unless said',
    'otherwise. An integer beyond 32 bits is an `<int>` all the same. A character that XML cannot hold, or bytes of a log that',
    'are no UTF-8, are U+FFFD.',
    '',
    ...namespaces.flatMap((namespace) => [
      `## ${namespace}`,
      '',
      ...METHODS.filter(({ name }) => name.startsWith(`${namespace}.`)).flatMap(methodLines),
    ]),
  ].join('\n');
}
