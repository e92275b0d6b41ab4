import type { TestContainer } from './container.ts';

const FETCH = `fetch(process.argv[1]).then((answer) => answer.text()).then((text) => process.stdout.write(text))`;

/** What a page on port 8080 says. Asked from inside, for not every engine lets a port be published. */
export function fetchInside(container: TestContainer, path: string): Promise<string> {
  return container.exec('node', '-e', FETCH, `http://127.0.0.1:8080${path}`);
}
