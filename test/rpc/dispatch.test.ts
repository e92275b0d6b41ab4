import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createRpc } from '../../src/rpc/dispatch.ts';
import { METHODS, namesOf } from '../../src/rpc/method-table.ts';
import { encodeCall, encodeFault, encodeResponse } from '../../src/xmlrpc/encode.ts';
import type { XmlRpcStruct, XmlRpcValue } from '../../src/xmlrpc/value.ts';
import { FakeFacade } from '../support/fake-facade.ts';
import { bench, settle, watch } from './calling.ts';

const request = (method: string, ...params: readonly XmlRpcValue[]): Buffer => Buffer.from(encodeCall(method, params));

describe('a request', () => {
  it('is answered with what the method returns, and traced', async () => {
    const { rpc, facade } = bench();
    assert.deepEqual(await rpc.handle(request('supervisor.getPID')), {
      status: 200,
      body: Buffer.from(encodeResponse(4242)),
    });
    assert.deepEqual(facade.logged, [
      ['trace', 'XML-RPC method called: supervisor.getPID()'],
      ['trace', 'XML-RPC method supervisor.getPID() returned successfully'],
    ]);
  });

  it('is answered with a fault, and traced', async () => {
    const { rpc, facade } = bench();
    const body = Buffer.from(encodeFault(10, 'BAD_NAME: x'));
    assert.deepEqual(await rpc.handle(request('supervisor.getProcessInfo', 'x')), { status: 200, body });
    assert.deepEqual(facade.logged[1], [
      'trace',
      'XML-RPC method supervisor.getProcessInfo() returned fault: [10] BAD_NAME: x',
    ]);
  });

  it('that waits is traced as soon as it waits, and its late fault is answered', async () => {
    const { rpc, facade } = bench([{ name: 'x' }]);
    const answer = rpc.handle(request('supervisor.startProcess', 'x'));
    assert.equal(facade.logged.at(-1)?.[1], 'XML-RPC method supervisor.startProcess() returned successfully');
    facade.change('x:x', { state: 'EXITED' });
    assert.equal(String((await answer).body), encodeFault(40, 'ABNORMAL_TERMINATION: x'));
  });

  for (const [body, why] of [
    ['<x', "XML-RPC request data '<x' is invalid: unmarshallable"],
    ['<methodCall/>', "XML-RPC request data '<methodCall/>' is invalid: no method name"],
    ["a'\nb\x1b", String.raw`XML-RPC request data "a'\nb\x1b" is invalid: unmarshallable`],
  ] as const) {
    it(`that is no call is a 400: ${JSON.stringify(body)}`, async () => {
      const { rpc, facade } = bench();
      assert.deepEqual(await rpc.handle(Buffer.from(body)), { status: 400, body: Buffer.alloc(0) });
      assert.deepEqual(facade.logged[0], ['error', why]);
    });
  }

  it('that meets a bug is a 500, and says so in the log', async () => {
    const { rpc, facade } = bench();
    facade.nowMs = () => {
      throw new TypeError('bug');
    };
    assert.deepEqual(await rpc.handle(request('supervisor.getAllProcessInfo')), { status: 500, body: Buffer.alloc(0) });
    const [level, text] = facade.logged.at(-1) ?? [];
    assert.equal(level, 'critical');
    assert.match(
      text ?? '',
      /^Handling XML-RPC request with data ".*" raised an unexpected exception: TypeError: bug\n/,
    );
  });

  it('that meets a bug while others wait leaves nothing that rejects later', async () => {
    const { rpc, facade } = bench([{ name: 'a' }, { name: 'b' }]);
    const start = facade.start.bind(facade);
    facade.start = (id) => {
      if (id === 'b:b') throw new TypeError('bug');
      start(id);
    };
    const controller = new AbortController();
    const answer = await rpc.handle(request('supervisor.startAllProcesses'), controller.signal);
    assert.equal(answer.status, 500);
    facade.change('a:a', { state: 'EXITED' });
    await settle();
    assert.equal(facade.listenerCount, 0);
  });

  it('cannot write lines of its own into the log', async () => {
    const { rpc, facade } = bench();
    await rpc.handle(request('a.b\nc'));
    assert.equal(facade.logged[0]?.[1], String.raw`XML-RPC method called: a.b\nc()`);
  });

  it('reaches what is in the table and nothing else, whatever its name', async () => {
    const names = [
      ...['', 'getPID', 'supervisor', 'supervisor.', '.getPID', 'supervisor.getPID.', 'supervisor.supervisord.x'],
      ...['supervisor._update', 'supervisor.constructor', 'supervisor.__proto__', 'constructor.name', '__proto__.x'],
      ...['toString', 'system.constructor', 'system.listmethods', ' system.listMethods', 'SUPERVISOR.getPID'],
    ];
    const { call } = bench();
    for (const name of names) assert.equal(await call(name), '1 UNKNOWN_METHOD', name);
  });

  it('does not reach a namespace that is left out, nor our own methods then', async () => {
    const system = { after: () => () => undefined, renderShortTime: String, usageOf: async () => new Map() };
    const rpc = createRpc(new FakeFacade(), system, { without: 'supervisor' });
    await assert.rejects(rpc.call('supervisor.getPID', []), /^RpcFault: UNKNOWN_METHOD$/);
    await assert.rejects(rpc.call('supervisor.getVersion', []), /UNKNOWN_METHOD/);
    await assert.rejects(rpc.call('initvisor.getVersion', []), /UNKNOWN_METHOD/);
    assert.match(String(await rpc.call('system.listMethods', [])), /^system\.listMethods(,system\.\w+)*$/);
  });

  it('never brings it down, whatever its parameters', async () => {
    const { rpc, facade } = bench([{ name: 'x', state: 'RUNNING', pid: 1 }]);
    facade.onStop = { state: 'STOPPED' };
    facade.onStart = { state: 'RUNNING' };
    const scalar = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    const name = fc.constantFrom('x', 'x:*', 'x:x', '', ':', '*');
    const value = fc.oneof(scalar, name, fc.array(scalar, { maxLength: 3 }), fc.dictionary(fc.string(), scalar));
    const method = fc.constantFrom(...METHODS.flatMap(namesOf).filter((one) => one !== 'initvisor.wait'));
    await fc.assert(
      fc.asyncProperty(method, fc.array(value, { maxLength: 3 }), async (called, params) => {
        const { status } = await rpc.handle(request(called, ...params));
        assert.equal(status, 200, JSON.stringify(facade.logged.at(-1)));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('system', () => {
  it('lists every method, sorted', async () => {
    const names = await bench().call('system.listMethods');
    assert.deepEqual(names, METHODS.flatMap(namesOf).sort());
  });

  it('explains every method and gives its signature', async () => {
    const { call } = bench();
    for (const name of METHODS.flatMap(namesOf)) {
      assert.match(String(await call('system.methodHelp', name)), /^[A-Z][\s\S]*\n@return \w+ result /, name);
      assert.ok(Array.isArray(await call('system.methodSignature', name)), name);
    }
    assert.deepEqual(await call('system.methodSignature', 'supervisor.startProcess'), ['boolean', 'string', 'boolean']);
    for (const name of ['nope', 'constructor', ''])
      for (const method of ['system.methodHelp', 'system.methodSignature'])
        assert.equal(await call(method, name), '4 SIGNATURE_UNSUPPORTED');
  });

  const fault = (faultCode: number, faultString: string): XmlRpcStruct => ({ faultCode, faultString });
  const rows: readonly [entry: XmlRpcValue, result: unknown][] = [
    [{ methodName: 'supervisor.getPID' }, 4242],
    [{ methodName: 'supervisor.getPID', params: [] }, 4242],
    [{ methodName: 'supervisor.getPID', params: [1] }, fault(2, 'INCORRECT_PARAMETERS')],
    [{ methodName: 'supervisor.getPID', params: 'x' }, fault(2, 'INCORRECT_PARAMETERS')],
    [{ methodName: 'supervisor.getProcessInfo', params: ['x'] }, fault(10, 'BAD_NAME: x')],
    [{ methodName: 'no.method' }, fault(1, 'UNKNOWN_METHOD')],
    [{ methodName: 5 }, fault(1, 'UNKNOWN_METHOD')],
    [{ params: [] }, fault(2, 'INCORRECT_PARAMETERS: No methodName')],
    ['x', fault(2, 'INCORRECT_PARAMETERS: No methodName')],
    [
      { methodName: 'system.multicall', params: [[]] },
      fault(2, 'INCORRECT_PARAMETERS: Recursive system.multicall forbidden'),
    ],
  ];
  it('makes several calls, each with its bare result or its fault', async () => {
    const results = await bench().call(
      'system.multicall',
      rows.map(([entry]) => entry),
    );
    assert.deepEqual(
      results,
      rows.map(([, result]) => result),
    );
  });

  it('makes them one after another, waiting for each', async () => {
    const { facade, call } = bench([{ name: 'x' }]);
    const calls = [{ methodName: 'supervisor.startProcess', params: ['x'] }, { methodName: 'supervisor.shutdown' }];
    const answer = watch(call('system.multicall', calls));
    await settle();
    assert.deepEqual(facade.orders, ['start x:x']);
    facade.change('x:x', { state: 'RUNNING' });
    await settle();
    assert.deepEqual(facade.orders, ['start x:x', 'shutdown']);
    assert.deepEqual(answer.answer, [true, true]);
  });

  it('tells a bug as a fault of that call', async () => {
    const { facade, call } = bench();
    facade.identifier = () => {
      throw new TypeError('bug');
    };
    const calls = [{ methodName: 'supervisor.getIdentification' }, { methodName: 'supervisor.getPID' }];
    assert.deepEqual(await call('system.multicall', calls), [fault(30, 'FAILED: bug'), 4242]);
  });

  it('refuses more calls than can be sound', async () => {
    assert.equal(
      await bench().call('system.multicall', Array<XmlRpcValue>(1001).fill({ methodName: 'supervisor.getPID' })),
      '2 INCORRECT_PARAMETERS: More than 1000 calls',
    );
  });
});

describe("initvisor's own methods", () => {
  it('tail the output in memory', async () => {
    const { facade, call } = bench([{ name: 'x' }]);
    facade.memory = 'hello';
    assert.equal(await call('initvisor.tail', 'x', 'stdout', 3), 'llo');
    assert.equal(await call('initvisor.tail', 'x'), 'hello');
    assert.equal(await call('initvisor.tail', 'x', 'stdin', 3), '3 BAD_ARGUMENTS: stdin');
    assert.equal(await call('initvisor.tail', 'x', 'stdout', -3), '3 BAD_ARGUMENTS: -3');
    assert.equal(await call('initvisor.tail', 'y', 'stdout', 3), '10 BAD_NAME: y');
  });

  it('explain a state', async () => {
    const { call } = bench([{ name: 'x', state: 'BACKOFF', stoppedAtMs: 2_000_000, spawnError: 'Exited too quickly' }]);
    assert.deepEqual(await call('initvisor.explain', 'x'), {
      ...{ name: 'x', group: 'x', state: 'BACKOFF', since: 2000, spawnerr: 'Exited too quickly' },
      ...{ waits: ['its next try'], ready: false, health: 'none', next_run: 0 },
      history: [
        {
          ...{ start: 1000, end: 2000, pid: 5, how: 'exit status 1', peak_kib: 640 },
          ...{ asked_by: 'autostart', last_lines: ['bye'] },
        },
      ],
    });
  });

  it('plan and scale', async () => {
    const { facade, call } = bench();
    facade.planned = [{ id: 'g:x', what: 'restart', options: ['command'] }];
    assert.deepEqual(await call('initvisor.plan'), [{ name: 'g:x', what: 'restart', options: ['command'] }]);
    assert.equal(await call('initvisor.scale', 'web', 3), true);
    assert.equal(await call('initvisor.scale', 'web', -1), '3 BAD_ARGUMENTS: -1');
    facade.refusal = { reason: 'no program web' };
    assert.equal(await call('initvisor.scale', 'web', 3), '30 FAILED: no program web');
    assert.deepEqual(facade.orders, ['scale web 3', 'scale web 3']);
  });

  it('tell health: what should run and does not', async () => {
    const { facade, call } = bench([
      { name: 'stopped', startedAtMs: 1 },
      { name: 'by-hand', config: { autostart: false } },
      { name: 'done', state: 'EXITED', startedAtMs: 1 },
      { name: 'runs', state: 'RUNNING' },
      { name: 'starts', state: 'STARTING' },
    ]);
    assert.deepEqual(await call('initvisor.health'), { ok: true, state: 'RUNNING', problems: [] });
    facade.change('runs:runs', { state: 'FATAL', spawnError: "can't find command" });
    facade.change('starts:starts', { state: 'STOPPED' });
    facade.change('done:done', { exitStatus: -1 });
    assert.deepEqual(await call('initvisor.health'), {
      ok: false,
      state: 'RUNNING',
      problems: [
        { name: 'done', state: 'EXITED', reason: 'ended unexpectedly' },
        { name: 'runs', state: 'FATAL', reason: "can't find command" },
        { name: 'starts', state: 'STOPPED', reason: 'was not started yet' },
      ],
    });
    facade.daemonState = 'SHUTDOWN';
    assert.equal(Object(await call('initvisor.health')).ok, false);
  });
});
