import type { Prober } from '../supervisor/readiness.ts';

/** Until checks are carried out, everybody is taken at their word: unsupported-yet.ts says so. */
export const TRUSTING_PROBER: Prober = {
  ask(_probe, _how, onResult) {
    const answer = setImmediate(() => onResult({ ok: true, detail: '' }));
    return () => clearImmediate(answer);
  },
  listen(_probe, _how, onReady) {
    const answer = setImmediate(onReady);
    return {
      extras: { environment: {}, fds: new Map() },
      closeChildEnds: () => undefined,
      close: () => clearImmediate(answer),
    };
  },
  matchLines: () => () => true,
};
