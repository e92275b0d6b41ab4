import { type Html, html } from './html.ts';
import { renderPage } from './page.ts';
import type { ProcessRow } from './process-row.ts';

export interface StatusPage {
  readonly identifier: string;
  readonly version: string;
  readonly rows: readonly ProcessRow[];
  /** Of the last action; '' for none. */
  readonly message: string;
  /** Proves that a form comes from this page. */
  readonly token: string;
}

/** Classes of the state's badge; the names are upstream's where it has one. */
const STATE_CLASSES: Readonly<Record<string, string>> = {
  RUNNING: 'statusrunning',
  FATAL: 'statuserror',
  BACKOFF: 'statuserror',
  UNKNOWN: 'statuserror',
  STARTING: 'statusbusy',
  STOPPING: 'statusbusy',
};

const UP = ['RUNNING'];
const DOWN = ['STOPPED', 'EXITED', 'FATAL'];

function renderCounts(rows: readonly ProcessRow[]): string {
  const counts = new Map<string, number>();
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state.toLowerCase()}`).join(', ');
}

const button = (action: string, label: string): Html => html`<button name="action" value="${action}">${label}</button>`;

function renderActions({ namespec, state }: ProcessRow, token: string): Html {
  const name = encodeURIComponent(namespec);
  return html`<form class="actions" method="post" action="index.html">
<input type="hidden" name="token" value="${token}"><input type="hidden" name="processname" value="${namespec}">
${UP.includes(state) ? [button('restart', 'Restart'), button('stop', 'Stop')] : []}${DOWN.includes(state) ? button('start', 'Start') : ''}
${state === 'STARTING' || state === 'BACKOFF' ? button('stop', 'Stop') : ''}${button('clearlog', 'Clear log')}
<a class="button" href="logtail/${name}" target="_blank">Tail -f stdout</a>
<a class="button" href="logtail/${name}/stderr" target="_blank">Tail -f stderr</a>
</form>`;
}

function renderRow(row: ProcessRow, token: string): Html {
  return html`<tr>
<td><span class="state ${STATE_CLASSES[row.state] ?? 'statusnominal'}">${row.state.toLowerCase()}</span></td>
<td class="name"><a href="tail.html?processname=${encodeURIComponent(row.namespec)}">${row.namespec}</a></td>
<td class="description">${row.description}</td>
<td>${renderActions(row, token)}</td>
</tr>
`;
}

function renderTable(rows: readonly ProcessRow[], token: string): Html {
  if (rows.length === 0) return html`<p class="empty">No programs to manage</p>`;
  return html`<table>
<thead><tr><th>State</th><th>Name</th><th>Description</th><th>Action</th></tr></thead>
<tbody>
${rows.map((row) => renderRow(row, token))}</tbody>
</table>`;
}

function renderMessage(message: string): Html {
  if (message === '') return html``;
  const isError = /^(ERROR|unexpected|No such)/.test(message);
  return html`<p class="message ${isError ? 'error' : ''}" role="status">${message}</p>`;
}

/** All programs with what can be done to them; works without a script. */
export function renderStatusPage({ identifier, version, rows, message, token }: StatusPage): string {
  const body = html`<header><h1>${identifier}</h1><span class="counts">${renderCounts(rows)}</span></header>
${renderMessage(message)}
<form class="all" method="post" action="index.html"><input type="hidden" name="token" value="${token}">
<a class="button" href="index.html">Refresh</a>
${[button('startall', 'Start all'), button('restartall', 'Restart all'), button('stopall', 'Stop all'), button('clearall', 'Clear all logs')]}
</form>
${renderTable(rows, token)}
<footer>initvisor ${version}</footer>`;
  return renderPage('Supervisor Status', body);
}
