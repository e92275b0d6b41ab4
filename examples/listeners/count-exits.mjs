import { listen } from 'initvisor/listener';

let exits = 0;

await listen({
  PROCESS_STATE_EXITED({ group, process, expected }) {
    exits += 1;
    console.error(
      `count-exits: ${group}:${process} ended ${expected ? 'as expected' : 'unexpectedly'}, ${exits} so far`,
    );
  },
});
