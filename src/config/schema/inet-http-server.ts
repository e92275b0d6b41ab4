import { inetAddress } from '../host-types.ts';
import { optional } from '../option.ts';
import { credentialsSchema } from './unix-http-server.ts';

/** Options of [inet_http_server]. */
export const inetHttpServerSchema = {
  ...credentialsSchema,
  port: optional({
    type: inetAddress,
    expand: 'env',
    onChange: 'daemon',
    example: '127.0.0.1:9001',
    required: true,
    help: 'Address to listen on: host:port, or :port for every IPv4 interface.',
  }),
};
