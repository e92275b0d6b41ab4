import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';

const run = promisify(execFile);

// Yours has a client library; psql spares this one a dependency.
async function countVisit(path) {
  const running = run('psql', ['-X', '--quiet', '-At', '--set=ON_ERROR_STOP=1', `--set=path=${path}`]);
  running.child.stdin.end(
    "INSERT INTO visits (path) VALUES (:'path'); SELECT count(*) FROM visits WHERE path = :'path';",
  );
  return Number((await running).stdout);
}

const server = createServer(async (request, response) => {
  try {
    response.end(`visits to ${request.url}: ${await countVisit(request.url)}\n`);
  } catch (error) {
    console.error(error.message);
    response.writeHead(503).end('try again later\n');
  }
});

server.listen(8080, () => console.log('serving http://0.0.0.0:8080'));

// Requests that are being answered are answered; then the process ends by itself.
process.once('SIGTERM', () => {
  server.close(() => console.log('closed'));
  server.closeIdleConnections();
});
