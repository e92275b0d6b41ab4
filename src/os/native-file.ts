export type Libc = 'glibc' | 'musl';

/** File name of the addon for one platform, as `initvisor-linux-x64-glibc.node`. */
export function addonFileName(platform: string, arch: string, libc: Libc): string {
  return `initvisor-${platform}-${arch}-${libc}.node`;
}
