import { createServer } from 'node:http';

const server = createServer((_request, response) => response.end('Hello\n'));

server.listen(8080, () => console.log('serving http://0.0.0.0:8080'));

process.once('SIGTERM', () => server.close(() => console.log('closed')));
