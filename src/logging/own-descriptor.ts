const OWN_DESCRIPTORS: readonly (readonly [pattern: RegExp, fd: 1 | 2])[] = [
  [/^\/dev\/(?:stdout|fd\/1)$|^\/proc\/(?:self|thread-self|1)\/fd\/1$/, 1],
  [/^\/dev\/(?:stderr|fd\/2)$|^\/proc\/(?:self|thread-self|1)\/fd\/2$/, 2],
];

/**
 * The daemon's own descriptor that a log path means, null for any other path. Opening such a path needs rights that an
 * unprivileged user has not got, and would clear, rotate or block what belongs to the container.
 */
export function ownDescriptor(path: string): 1 | 2 | null {
  return OWN_DESCRIPTORS.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}
