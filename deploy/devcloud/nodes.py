#!/usr/bin/python3
"""Plays the nodes of clusters whose servers run nothing.

Reads the user data of every active server as administrator, and where cloud-init would write /etc/magnum/heat-signal.json posts
what the node would post at the end of its set-up.

    nodes.py [--delay SECONDS] [--fail NAME-PART] [--once]
"""
import argparse
import base64
import json
import pathlib
import re
import time

import requests

PATH = "/etc/magnum/heat-signal.json"
# The file is JSON within YAML or within JSON (Ignition), as plain text, base64 or a data URL: all of them hold these two.
ENDPOINT = re.compile(r'"endpoint"\s*:\s*"([^"]+)"')
TOKEN = re.compile(r'"token"\s*:\s*"([^"]+)"')
BASE64 = re.compile(r"[A-Za-z0-9+/]{80,}={0,2}")


def texts(user_data):
    """The user data and whatever is encoded in it, without JSON's escapes."""
    text = base64.b64decode(user_data).decode(errors="replace")
    yield text
    yield text.replace('\\"', '"')
    yield requests.utils.unquote(text)
    for piece in BASE64.findall(text):
        yield base64.b64decode(piece + "=" * (-len(piece) % 4)).decode(errors="replace")


def signal_of(user_data):
    for text in texts(user_data):
        endpoint, token = ENDPOINT.search(text), TOKEN.search(text)
        if endpoint and token:
            return endpoint[1], token[1]
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--devcloud", default="/tmp/devcloud", type=pathlib.Path)
    parser.add_argument("--delay", type=float, default=0, help="seconds from active to ready")
    parser.add_argument("--fail", help="nodes with this in their name report a failure")
    parser.add_argument("--once", action="store_true")
    args = parser.parse_args()
    auth = json.loads((args.devcloud / "clouds.yaml").read_text())["clouds"]["admin"]["auth"]
    http = requests.Session()
    http.trust_env = False
    http.headers["OpenStack-API-Version"] = "compute 2.3"
    domain = {"id": "default"}
    reply = http.post(auth["auth_url"] + "/auth/tokens", timeout=60, json={"auth": {
        "identity": {"methods": ["password"], "password": {"user": {"name": "admin", "domain": domain, "password": auth["password"]}}},
        "scope": {"project": {"name": "admin", "domain": domain}}}})
    reply.raise_for_status()
    http.headers["X-Auth-Token"] = reply.headers["X-Subject-Token"]
    nova, = [e["url"] for s in reply.json()["token"]["catalog"] if s["type"] == "compute"
             for e in s["endpoints"] if e["interface"] == "public"]
    seen = {}
    while True:
        for server in http.get(nova + "/servers/detail?all_tenants=1&status=ACTIVE", timeout=60).json()["servers"]:
            first = seen.setdefault(server["id"], time.monotonic())
            found = first is not None and time.monotonic() - first >= args.delay and signal_of(server.get("OS-EXT-SRV-ATTR:user_data") or "")
            if found:
                status = "FAILURE" if args.fail and args.fail in server["name"] else "SUCCESS"
                answer = http.post(found[0], timeout=60, headers={"X-Auth-Token": found[1]}, json={
                    "status": status, "reason": "played by nodes.py", "id": server["name"], "data": ""})
                print(server["name"], status, answer.status_code, flush=True)
                seen[server["id"]] = None
        if args.once:
            break
        time.sleep(1)


main()
