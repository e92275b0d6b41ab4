import assert from 'node:assert/strict';
import { request } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { startDaemon, type TestDaemon } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { missing } from '../support/requirements.ts';

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-sync',
];
const PHONE = { width: 390, height: 844 };

interface Served {
  readonly daemon: TestDaemon;
  readonly url: string;
}

async function serve(t: TestContext, more = ''): Promise<Served> {
  const port = await freePort();
  const config = `
[inet_http_server]
port=127.0.0.1:${port}
${more}
[supervisord]
logfile=%DIR%/main.log
pidfile=%DIR%/pid
childlogdir=%DIR%
identifier=shop <1>
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[program:web]
command=/bin/sh -c 'echo "<b>hello</b> & co"; exec sleep 1000'
[program:spare]
command=/bin/sleep 1000
autostart=false
[program:broken]
command=/no/such/command
startretries=0
[group:app]
programs=one,two
[program:one]
command=/bin/sleep 1000
[program:two]
command=/bin/sleep 1000
`;
  const daemon = startDaemon(t, { config });
  await daemon.waitForOutput(/success: web entered RUNNING/);
  await daemon.waitForOutput(/success: two entered RUNNING/);
  return { daemon, url: `http://127.0.0.1:${port}/` };
}

async function openBrowser(t: TestContext): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: CHROMIUM_FLAGS });
  t.after(() => browser.close());
  return browser;
}

const row = (page: Page, name: string) =>
  page.locator('tbody tr', { has: page.getByRole('link', { name, exact: true }) });
const stateOf = (page: Page, name: string) => row(page, name).locator('.state').textContent();
const messageOf = (page: Page) => page.getByRole('status').textContent();

describe('the page in Chromium', { skip: missing('chromium') }, () => {
  it('starts, stops and restarts programs, one and all, and says what came of it', async (t) => {
    const { url } = await serve(t);
    const page = await (await openBrowser(t)).newPage();
    await page.goto(url);
    assert.equal(await page.title(), 'Supervisor Status');
    assert.equal(await page.locator('h1').textContent(), 'shop <1>');
    assert.equal(await stateOf(page, 'spare'), 'stopped');
    await row(page, 'spare').getByRole('button', { name: 'Start' }).click();
    assert.equal(await messageOf(page), 'Process spare started');
    assert.equal(await stateOf(page, 'spare'), 'running');
    const pid = (await row(page, 'spare').locator('.description').textContent())?.match(/pid (\d+)/)?.[1];
    await row(page, 'spare').getByRole('button', { name: 'Restart' }).click();
    assert.equal(await messageOf(page), 'Process spare restarted');
    assert.doesNotMatch(
      (await row(page, 'spare').locator('.description').textContent()) ?? '',
      new RegExp(`pid ${pid},`),
    );
    await row(page, 'app:one').getByRole('button', { name: 'Stop' }).click();
    assert.equal(await messageOf(page), 'Process app:one stopped');
    assert.deepEqual([await stateOf(page, 'app:one'), await stateOf(page, 'app:two')], ['stopped', 'running']);
    await row(page, 'broken').getByRole('button', { name: 'Start' }).click();
    assert.equal(await messageOf(page), 'ERROR: Process broken: no such file');
    await page.getByRole('button', { name: 'Stop all' }).click();
    assert.match((await messageOf(page)) ?? '', /^All stopped at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.equal(await stateOf(page, 'web'), 'stopped');
    await page.getByRole('button', { name: 'Start all', exact: true }).click();
    assert.equal(await stateOf(page, 'web'), 'running');
  });

  it('shows output as text, and clears it', async (t) => {
    const { url } = await serve(t);
    const page = await (await openBrowser(t)).newPage();
    await page.goto(url);
    await page.getByRole('link', { name: 'web', exact: true }).click();
    assert.equal(await page.locator('pre').textContent(), '<b>hello</b> & co\n');
    await page.getByRole('link', { name: 'All programs' }).click();
    await row(page, 'web').getByRole('button', { name: 'Clear log' }).click();
    assert.equal(await messageOf(page), 'Log for web cleared');
  });

  it('fits a phone, is dark where the system is, and needs no script and nobody else', async (t) => {
    const { url } = await serve(t);
    const browser = await openBrowser(t);
    const page = await browser.newPage({ viewport: PHONE, javaScriptEnabled: false, colorScheme: 'dark' });
    const foreign: string[] = [];
    const complaints: string[] = [];
    page.on(
      'request',
      (sent) => !sent.url().startsWith(url) && !sent.url().startsWith('data:') && foreign.push(sent.url()),
    );
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(url);
    const body = await page.locator('body').boundingBox();
    const table = await page.locator('table').boundingBox();
    assert.ok(table !== null && body !== null && table.x + table.width <= PHONE.width, 'nothing sticks out');
    await row(page, 'spare').getByRole('button', { name: 'Start' }).click();
    assert.equal(await messageOf(page), 'Process spare started');
    const dark = await page.screenshot();
    await page.emulateMedia({ colorScheme: 'light' });
    assert.notDeepEqual(await page.screenshot(), dark);
    assert.deepEqual([foreign, complaints], [[], []]);
  });
});

interface Answer {
  readonly status: number;
  readonly body: string;
}

function send(url: string, method: string, headers: Readonly<Record<string, string>>, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (data) => {
        text += data;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    sent.on('error', reject).end(body);
  });
}

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

describe('the page', () => {
  it('changes nothing without its own token, by GET, or for another host', async (t) => {
    const { url, daemon } = await serve(t);
    const token = (await send(url, 'GET', {})).body.match(/name="token" value="(\w+)"/)?.[1] ?? '';
    const form = 'action=stop&processname=web';
    assert.equal((await send(url, 'POST', FORM, form)).status, 403);
    assert.equal((await send(url, 'POST', FORM, `${form}&token=${'0'.repeat(token.length)}`)).status, 403);
    assert.equal((await send(`${url}index.html?${form}&token=${token}`, 'GET', {})).status, 200);
    assert.equal((await send(url, 'POST', { ...FORM, Host: 'evil.example' }, `${form}&token=${token}`)).status, 421);
    assert.doesNotMatch(daemon.output(), /stopped: web/);
    assert.equal((await send(url, 'POST', FORM, `action=explode&token=${token}`)).status, 400);
    assert.equal((await send(url, 'POST', FORM, `${form}&token=${token}`)).status, 303);
    await daemon.waitForOutput(/stopped: web/);
  });

  it('shows a message as text only', async (t) => {
    const { url } = await serve(t);
    const { body } = await send(`${url}?message=${encodeURIComponent('<script>alert(1)</script>')}`, 'GET', {});
    assert.ok(body.includes('&lt;script&gt;') && !body.includes('<script>'));
  });

  it('is behind the password, with everything else', async (t) => {
    const { url } = await serve(t, 'username=u\npassword=p');
    for (const path of [
      '',
      'index.html',
      'tail.html?processname=web',
      'logtail/web',
      'mainlogtail',
      'RPC2',
      'stylesheets/supervisor.css',
      'ok.html',
      'nope',
    ]) {
      assert.equal((await send(url + path, 'GET', {})).status, 401, path);
    }
    const login = { Authorization: `Basic ${Buffer.from('u:p').toString('base64')}` };
    assert.equal((await send(url, 'GET', login)).status, 200);
    assert.equal((await send(`${url}ok.html`, 'GET', login)).body, 'OK');
  });
});
