import { html } from './html.ts';
import { renderPage } from './page.ts';

/** The newest output of one program. */
export function renderTailPage(namespec: string, text: string): string {
  const name = encodeURIComponent(namespec);
  const body = html`<header><h1>${namespec}</h1></header>
<p class="all"><a class="button" href="index.html">All programs</a>
<a class="button" href="tail.html?processname=${name}">Refresh</a>
<a class="button" href="logtail/${name}">Follow</a></p>
<pre>${text}</pre>`;
  return renderPage(`Supervisor tail of process ${namespec}`, body);
}
