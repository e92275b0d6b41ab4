/** `leave FLAG END`: waits for the file, takes it away, and ends with an exit code or by a signal. */
export const LEAVE = `#!/bin/sh
while [ ! -e "$1" ]; do sleep 0.05; done
rm "$1"
case $2 in
  [0-9]*) exit $2 ;;
  *) kill -s "$2" $$ ;;
esac
`;

/** `report COMMAND…`: writes to report.txt what a command prints, then lives on. */
export const REPORT = `#!/bin/sh
"$@" > %DIR%/report.part 2>&1
mv %DIR%/report.part %DIR%/report.txt
exec sleep 1000
`;

/** `stubborn FILE`: ends by SIGKILL only; says in a file that it is ready. */
export const STUBBORN = `#!/bin/sh
trap '' TERM INT
touch "$1"
exec sleep 1000
`;

/** `family`: a process with a child in its group that notes the SIGTERM which it gets. */
export const FAMILY = `#!/bin/sh
cd %DIR%
sh -c 'trap "echo TERM >> child.log; exit" TERM; echo up > child.log; while :; do sleep 0.05; done' 2> /dev/null &
exec sleep 1000
`;
