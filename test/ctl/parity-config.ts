/**
 * A configuration with a program in each state that a client may meet. Those that fail have long to prove themselves:
 * upstream is often late to see that they have ended.
 */
export const PROGRAMS = `
[program:cat]
command=/bin/cat
stdout_logfile=%DIR%/cat.log
stderr_logfile=NONE

[program:fails]
command=/bin/sh -c "exit 3"
startsecs=60
startretries=0
autorestart=false

[program:done]
command=/bin/true
startsecs=0
autorestart=false

[program:manual]
command=/bin/cat
autostart=false
startsecs=0
priority=5

[program:gone]
command=/nonexistent/program
autostart=false

[program:plain]
command=%DIR%/plain.txt
autostart=false

[program:talk]
command=/bin/sh -c "echo to stdout; echo über; echo to stderr >&2; exec sleep 1000"
stdout_logfile=%DIR%/talk.log
stderr_logfile=%DIR%/talk.err

[program:a-program-with-a-name-that-is-longer-than-a-column]
command=/bin/cat
stdout_logfile=NONE

[program:quick]
command=/bin/sh -c "exit 1"
startsecs=60
autostart=false
autorestart=false
startretries=0

[program:multi]
command=/bin/cat
process_name=%(program_name)s_%(process_num)02d
numprocs=2

[group:pair]
programs=left,right

[program:left]
command=/bin/cat

[program:right]
command=/bin/cat
autostart=false
startsecs=0
`;

export const SERVER = `[unix_http_server]
file=%DIR%/sock
[supervisord]
nodaemon=true
logfile=%DIR%/main.log
pidfile=%DIR%/pid
childlogdir=%DIR%
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://%DIR%/sock
`;
