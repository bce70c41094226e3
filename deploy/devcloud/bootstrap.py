#!/usr/bin/python3
"""Who and what is in the development cloud: users, catalog, flavors, images, networks, and the files that lead to it.

Idempotent. One process instead of some hundred calls of the command line, which takes 1.5 s for each.
"""
import argparse
import json
import pathlib
import sys
import time

import requests

REGION = "RegionOne"
ROLES = ("admin", "member", "reader", "service", "heat_stack_owner", "heat_stack_user")
SERVICES = (  # user, name of the service, its type, URL
    ("glance", "glance", "image", "http://127.0.0.1:9292"),
    ("placement", "placement", "placement", "http://127.0.0.1:8778"),
    ("nova", "nova", "compute", "http://127.0.0.1:8774/v2.1"),
    ("neutron", "neutron", "network", "http://127.0.0.1:9696"),
    ("cinder", "cinder", "volumev3", "http://127.0.0.1:8776/v3/%(tenant_id)s"),
    ("heat", "heat", "orchestration", "http://127.0.0.1:8004/v1/%(tenant_id)s"),
    (None, "heat-cfn", "cloudformation", "http://127.0.0.1:8000/v1"),
)
PEOPLE = {  # password, project, roles there
    "demo": ("demo", "demo", ("member", "reader", "heat_stack_owner")),
    "alt_demo": ("alt_demo", "alt_demo", ("member", "reader", "heat_stack_owner")),
    "demo_reader": ("demo_reader", "demo", ("reader",)),
}
FLAVORS = (  # name, MiB of memory, GiB of disk, vCPUs
    ("m1.tiny", 512, 1, 1),
    ("m1.small", 2048, 20, 1),
    ("m1.medium", 4096, 40, 2),
    ("m1.large", 8192, 80, 4),
    ("m9.giant", 4_000_000, 80, 4),  # fits no host: Nova answers "No valid host was found"
)
IMAGES = {  # the fake hypervisor never reads their contents
    "ubuntu": {"os_distro": "ubuntu", "os_version": "22.04", "kube_version": "v1.31.1"},
    "ubuntu-next": {"os_distro": "ubuntu", "os_version": "22.04", "kube_version": "v1.32.1"},
    "fedora-coreos": {"os_distro": "fedora-coreos", "kube_version": "v1.31.1"},
    "no-distro": {},
}


class Cloud:
    """A Keystone session in one project."""

    def __init__(self, keystone, user, password, project):
        self.keystone = keystone + "/v3"
        self.http = requests.Session()
        self.http.trust_env = False
        domain = {"id": "default"}
        reply = self.call("POST", self.keystone + "/auth/tokens", json={"auth": {
            "identity": {"methods": ["password"], "password": {"user": {"name": user, "domain": domain, "password": password}}},
            "scope": {"project": {"name": project, "domain": domain}}}})
        token = reply.json()["token"]
        self.project_id, self.user_id = token["project"]["id"], token["user"]["id"]
        self.catalog = {s["type"]: e["url"] for s in token["catalog"] for e in s["endpoints"] if e["interface"] == "public"}
        self.http.headers["X-Auth-Token"] = reply.headers["X-Subject-Token"]

    def call(self, method, url, **kwargs):
        reply = self.http.request(method, url, timeout=60, **kwargs)
        if reply.status_code >= 400:
            sys.exit("%s %s: %s %s" % (method, url, reply.status_code, reply.text[:500]))
        return reply

    def get(self, service, path):
        return self.call("GET", self.catalog[service] + path).json()

    def post(self, service, path, body):
        return self.call("POST", self.catalog[service] + path, json=body).json()

    def ensure(self, kind, name, query=(), **attributes):
        """The id of an identity object, made unless it is there."""
        url = "%s/%ss" % (self.keystone, kind)
        found = self.call("GET", url, params=dict(query, name=name)).json()[kind + "s"]
        return (found or [self.call("POST", url, json={kind: dict(attributes, name=name)}).json()[kind]])[0]["id"]

    def user(self, name, password, domain="default"):
        return self.ensure("user", name, {"domain_id": domain}, domain_id=domain, password=password)

    def project(self, name):
        return self.ensure("project", name, {"domain_id": "default"}, domain_id="default")

    def grant(self, user, role, **where):
        (kind, target), = where.items()
        self.call("PUT", "%s/%ss/%s/users/%s/roles/%s" % (self.keystone, kind, target, user, role))


def identity(args):
    admin = Cloud(args.keystone, "admin", args.password, "admin")
    roles = {name: admin.ensure("role", name) for name in ROLES}
    service_project = admin.project("service")
    endpoints = {(e["service_id"], e["interface"]): e for e in
                 admin.call("GET", admin.keystone + "/endpoints").json()["endpoints"]}
    for user, name, kind, url in SERVICES + (("magnum", "magnum", "container-infra", args.magnum),):
        if user:
            uid = admin.user(user, args.password)
            for role in ("admin", "service"):
                admin.grant(uid, roles[role], project=service_project)
        service = admin.ensure("service", name, {"type": kind}, type=kind)
        for interface in ("public", "internal", "admin"):
            have = endpoints.get((service, interface))
            if not have:
                admin.call("POST", admin.keystone + "/endpoints", json={"endpoint": {
                    "service_id": service, "interface": interface, "url": url, "region_id": REGION}})
            elif have["url"] != url:
                admin.call("PATCH", admin.keystone + "/endpoints/" + have["id"], json={"endpoint": {"url": url}})
    for name in ("heat", "magnum"):
        domain = admin.ensure("domain", name, description="Users that %s makes" % name)
        admin.grant(admin.user(name + "_domain_admin", args.password, domain), roles["admin"], domain=domain)
    for role in ("member", "reader"):
        admin.grant(admin.user_id, roles[role], project=admin.project_id)
    for name, (password, project, granted) in PEOPLE.items():
        uid, pid = admin.user(name, password), admin.project(project)
        for role in granted:
            admin.grant(uid, roles[role], project=pid)
    files(args)


def files(args):
    """clouds.yaml and openrc-* for people, magnum.env for Magnum's own sign-in."""
    url = args.keystone + "/v3"
    people = {"admin": (args.password, "admin")} | {name: p[:2] for name, p in PEOPLE.items()}
    clouds = {}
    for name, (password, project) in people.items():
        auth = {"auth_url": url, "username": name, "password": password, "project_name": project,
                "user_domain_name": "Default", "project_domain_name": "Default"}
        clouds[name] = {"auth": auth, "region_name": REGION, "identity_api_version": 3}
        rc = {k: v for k, v in auth.items()} | {"region_name": REGION, "identity_api_version": 3, "interface": "public"}
        (args.out / ("openrc-" + name)).write_text("".join("export OS_%s=%s\n" % (k.upper(), v) for k, v in rc.items()))
    (args.out / "clouds.yaml").write_text(json.dumps({"clouds": clouds}, indent=2) + "\n")  # JSON is YAML
    (args.out / "magnum.env").write_text("".join("%s=%s\n" % pair for pair in (
        ("OS_AUTH_URL", url), ("OS_USERNAME", "magnum"), ("OS_PASSWORD", args.password), ("OS_PROJECT_NAME", "service"),
        ("OS_USER_DOMAIN_NAME", "Default"), ("OS_PROJECT_DOMAIN_NAME", "Default"), ("OS_REGION_NAME", REGION),
        ("OS_IDENTITY_API_VERSION", "3"), ("OS_INTERFACE", "public"),
        ("OpenStack__Trustee__DomainName", "magnum"), ("OpenStack__Trustee__AdminUserName", "magnum_domain_admin"),
        ("OpenStack__Trustee__AdminPassword", args.password))))


def resources(args):
    admin = Cloud(args.keystone, "admin", args.password, "admin")
    demo = Cloud(args.keystone, "demo", "demo", "demo")
    flavors = {f["name"]: f["id"] for f in admin.get("compute", "/flavors")["flavors"]}
    for name, ram, disk, vcpus in FLAVORS:
        if name not in flavors:
            flavors[name] = admin.post("compute", "/flavors", {"flavor": {
                "name": name, "ram": ram, "disk": disk, "vcpus": vcpus}})["flavor"]["id"]
    images = {i["name"]: i["id"] for i in admin.get("image", "/v2/images?limit=200")["images"]}
    for name, properties in IMAGES.items():
        if name not in images:
            images[name] = admin.post("image", "/v2/images", dict(
                properties, name=name, disk_format="raw", container_format="bare", visibility="public"))["id"]
            admin.call("PUT", "%s/v2/images/%s/file" % (admin.catalog["image"], images[name]), data=bytes(1024),
                       headers={"Content-Type": "application/octet-stream"})
    networks = {n["name"]: n["id"] for n in admin.get("network", "/v2.0/networks")["networks"]}
    if "public" not in networks:
        networks["public"] = admin.post("network", "/v2.0/networks", {"network": {
            "name": "public", "router:external": True}})["network"]["id"]
        admin.post("network", "/v2.0/subnets", {"subnet": {
            "name": "public-subnet", "network_id": networks["public"], "ip_version": 4, "cidr": "172.24.4.0/24",
            "enable_dhcp": False, "allocation_pools": [{"start": "172.24.4.10", "end": "172.24.4.250"}]}})
    if "private" not in networks:
        networks["private"] = demo.post("network", "/v2.0/networks", {"network": {"name": "private"}})["network"]["id"]
        subnet = demo.post("network", "/v2.0/subnets", {"subnet": {
            "name": "private-subnet", "network_id": networks["private"], "ip_version": 4, "cidr": "10.30.0.0/24"}})["subnet"]["id"]
        router = demo.post("network", "/v2.0/routers", {"router": {
            "name": "router1", "external_gateway_info": {"network_id": networks["public"]}}})["router"]["id"]
        demo.call("PUT", "%s/v2.0/routers/%s/add_router_interface" % (demo.catalog["network"], router), json={"subnet_id": subnet})
    for who, name in ((demo, "demo"), (admin, "admin")):
        pairs = who.get("compute", "/os-keypairs")["keypairs"]
        if name not in [p["keypair"]["name"] for p in pairs]:
            key = args.out / (name + ".pem")
            key.write_text(who.post("compute", "/os-keypairs", {"keypair": {"name": name}})["keypair"]["private_key"])
            key.chmod(0o600)
    deadline = time.monotonic() + 120
    for service, binary in (("compute", "nova-compute"), ("volumev3", "cinder-volume")):
        while not [s for s in admin.get(service, "/os-services?binary=" + binary)["services"] if s["state"] == "up"]:
            if time.monotonic() > deadline:
                sys.exit(binary + " has not reported itself; see its log")
            time.sleep(0.5)
    (args.out / "ids.json").write_text(json.dumps({
        "flavors": flavors, "images": images, "networks": networks,
        "projects": {"admin": admin.project_id, "demo": demo.project_id}}, indent=1, sort_keys=True) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("phase", choices=("identity", "resources"))
    parser.add_argument("--keystone", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--magnum", required=True, help="URL of container-infra in the catalog")
    args = parser.parse_args()
    {"identity": identity, "resources": resources}[args.phase](args)


main()
