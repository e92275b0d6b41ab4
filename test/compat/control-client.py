"""Python's own XML-RPC client: reads {"url", "calls"} as JSON, prints what each call gave, in order."""
import json
import sys
import xmlrpc.client

job = json.load(sys.stdin)
if job["url"].startswith("unix:"):
    from supervisor.xmlrpc import SupervisorTransport

    transport = SupervisorTransport(job.get("username"), job.get("password"), job["url"])
    server = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
else:
    server = xmlrpc.client.ServerProxy(job["url"])


def call(method, params):
    try:
        return {"value": getattr(server, method)(*params)}
    except xmlrpc.client.Fault as fault:
        return {"fault": [fault.faultCode, fault.faultString]}
    except xmlrpc.client.ProtocolError as error:
        return {"status": error.errcode}


json.dump([call(method, params) for method, *params in job["calls"]], sys.stdout)
