import { type ExitStatus, renderExitStatus, withMemoryKill } from '../model/exit-status.ts';
import { shortNamespec } from '../model/namespec.ts';

/** What ended the container, as far as a message goes. */
export type Culprit =
  | { readonly kind: 'requested'; readonly by: string }
  | { readonly kind: 'fatal'; readonly id: string; readonly status: ExitStatus | null; readonly why: string }
  | { readonly kind: 'unhealthy'; readonly id: string; readonly why: string }
  | { readonly kind: 'main'; readonly id: string; readonly status: ExitStatus | null };

const how = (status: ExitStatus | null): string => (status === null ? 'never ran' : renderExitStatus(status));

/** One line for people who ask why the container is gone. */
export function renderExitMessage(culprit: Culprit, exitStatus: number): string {
  switch (culprit.kind) {
    case 'requested':
      return `stopped on request (${culprit.by}); exit status ${exitStatus}`;
    case 'fatal': {
      const why = culprit.why === '' ? how(culprit.status) : withMemoryKill(culprit.why, culprit.status);
      return `${shortNamespec(culprit.id)} entered FATAL state: ${why}; exit status ${exitStatus}`;
    }
    case 'unhealthy':
      return `${shortNamespec(culprit.id)} is unhealthy: ${culprit.why}; exit status ${exitStatus}`;
    case 'main':
      return `main program ${shortNamespec(culprit.id)} ended (${how(culprit.status)}); exit status ${exitStatus}`;
  }
}
