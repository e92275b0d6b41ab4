/** Loaded for those alone who need it: TLS takes tens of milliseconds. */
export { request as requestOverTls } from 'node:https';
