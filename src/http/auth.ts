import { createHash, timingSafeEqual } from 'node:crypto';

export interface Credentials {
  readonly username: string;
  /** In clear, or `{SHA}` and the lower-case hexadecimal SHA-1. */
  readonly password: string;
}

const BASIC = /^\s*basic\s+(\S*)\s*$/i;
const SHA_PREFIX = '{SHA}';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** User name and password of an Authorization header, null when it has none. */
function parseBasic(header: string | undefined): Credentials | null {
  const encoded = BASIC.exec(header ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * Makes the check of one server's Authorization headers. Digests of equal length are compared, always both of them, so that
 * the time tells nothing. Source: supervisor/http.py encrypted_dictionary_authorizer, supervisor/medusa/auth_handler.py.
 */
export function createAuthorizer({ username, password }: Credentials): (header: string | undefined) => boolean {
  const isHashed = password.startsWith(SHA_PREFIX);
  const expectedName = digest(username);
  const expectedPassword = digest(isHashed ? password.slice(SHA_PREFIX.length) : password);
  return (header) => {
    const given = parseBasic(header);
    if (given === null) return false;
    const secret = isHashed ? createHash('sha1').update(given.password).digest('hex') : given.password;
    const isName = timingSafeEqual(digest(given.username), expectedName);
    const isPassword = timingSafeEqual(digest(secret), expectedPassword);
    return isName && isPassword;
  };
}
