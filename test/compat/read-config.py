"""Realizes configuration files with the installed Supervisor and prints what it made of each, one JSON value a line.

Reads one path a line from stdin. A file that is refused gives {"error": <message>}.
"""
import io
import json
import os
import sys

from supervisor.datatypes import Automatic
from supervisor.events import EventTypes
from supervisor.options import ServerOptions


class Refused(Exception):
    pass


def log_target(value):
    if value is Automatic:
        return {"kind": "auto"}
    if value is None or value == "":
        return {"kind": "none"}
    return {"kind": "file", "path": value}


def autorestart(value):
    if value is False:
        return "false"
    return "true" if value.__name__ == "RestartUnconditionally" else "unexpected"


def stream(config, name):
    get = lambda key: getattr(config, "%s_%s" % (name, key))
    return {
        "logfile": log_target(get("logfile")),
        "logfile_maxbytes": get("logfile_maxbytes"),
        "logfile_backups": get("logfile_backups"),
        "capture_maxbytes": get("capture_maxbytes"),
        "events_enabled": get("events_enabled"),
        "syslog": get("syslog"),
    }


PLAIN = """name command priority autostart startsecs startretries exitcodes stopsignal stopwaitsecs stopasgroup
killasgroup uid umask directory redirect_stderr environment serverurl""".split()


def process(config):
    made = {key: getattr(config, key) for key in PLAIN}
    made["stopsignal"] = int(made["stopsignal"])
    made["autorestart"] = autorestart(config.autorestart)
    made["stdout"] = stream(config, "stdout")
    made["stderr"] = stream(config, "stderr")
    return made


def event_name(event):
    for name, value in vars(EventTypes).items():
        if value is event:
            return name


def group(config):
    made = {"name": config.name, "priority": config.priority}
    made["processes"] = [process(one) for one in sorted(config.process_configs, key=lambda one: one.priority)]
    socket = getattr(config, "socket_config", None)
    if socket is not None:
        made["fcgi"] = {
            "url": socket.url,
            "backlog": socket.backlog,
            "owner": getattr(socket, "owner", None),
            "mode": getattr(socket, "mode", None),
        }
    if hasattr(config, "pool_events"):
        made["buffer_size"] = config.buffer_size
        made["events"] = sorted(event_name(event) for event in config.pool_events)
    return made


def server(config):
    keys = "section username password host port file chmod chown".split()
    return {key: config[key] for key in keys if key in config}


SUPERVISORD = """logfile logfile_maxbytes logfile_backups pidfile identifier silent minfds minprocs umask directory
nocleanup childlogdir strip_ansi uid gid""".split()


LEVELS = {50: "critical", 40: "error", 30: "warn", 20: "info", 10: "debug", 5: "trace", 3: "blather"}


def realize(path):
    stderr = io.StringIO()

    class Options(ServerOptions):
        def usage(self, message):
            raise Refused(str(message))

        def import_spec(self, spec):
            return spec

    Options.stderr = stderr
    options = Options()
    options.realize(["-c", path], doc="")
    supervisord = {key: getattr(options, key) for key in SUPERVISORD}
    for key in ("silent", "nocleanup", "strip_ansi"):
        supervisord[key] = bool(supervisord[key])
    supervisord["nodaemon"] = bool(options.nodaemon)
    supervisord["loglevel"] = LEVELS.get(options.loglevel, options.loglevel)
    supervisord["environment"] = options.configroot.supervisord.environment
    return {
        "supervisord": supervisord,
        "groups": [group(one) for one in options.process_group_configs],
        "servers": [server(one) for one in options.server_configs],
        "warnings": sorted(set(options.parse_warnings)),
        "infos": options.parse_infos,
    }


def main():
    for line in sys.stdin:
        path = line.rstrip("\n")
        try:
            made = realize(path)
        except Refused as why:
            made = {"error": str(why)}
        except Exception as why:
            made = {"error": "%s" % why, "crashed": True}
        print(json.dumps(made), flush=True)


main()
