# Sourced by up.sh: writes every service's configuration to $ETC. Nothing in /etc is touched.

database() { echo "mysql+pymysql://openstack:$PASSWORD@$IP:$MYSQL_PORT/$1?charset=utf8"; }

sign_in() { # sign_in USER: how a service signs in to Keystone
  cat <<X
auth_type = password
auth_url = $KEYSTONE
username = $1
password = $PASSWORD
project_name = service
user_domain_name = Default
project_domain_name = Default
region_name = RegionOne
X
}

token_check() { # token_check USER
  cat <<X
[keystone_authtoken]
$(sign_in "$1")
www_authenticate_uri = $KEYSTONE
memcached_servers = $IP:$MEMCACHED_PORT
service_token_roles = service
service_token_roles_required = True
X
}

common() {
  cat <<X
[oslo_concurrency]
lock_path = $DEVCLOUD/lock
[oslo_messaging_notifications]
driver = noop
X
}

mkdir -p "$ETC/keystone" "$ETC/placement" "$DEVCLOUD"/{lock,glance,nova,neutron,cinder,rabbitmq,keystone/fernet,keystone/credential}
rpc="transport_url = rabbit://openstack:$PASSWORD@$IP:$RABBIT_PORT/"

cat >"$ETC/rabbitmq.conf" <<X
listeners.tcp.1 = $IP:$RABBIT_PORT
loopback_users = none
default_user = openstack
default_pass = $PASSWORD
log.console = true
log.console.level = warning
log.file = false
vm_memory_high_watermark.absolute = 1GiB
X
echo '[].' >"$ETC/rabbitmq-plugins"
cat >"$ETC/rabbitmq.env" <<X
export HOME=$DEVCLOUD/rabbitmq ERL_EPMD_ADDRESS=$IP ERL_EPMD_PORT=14369
export RABBITMQ_NODENAME=devcloud@localhost RABBITMQ_DIST_PORT=25673 RABBITMQ_CONF_ENV_FILE=/dev/null
export RABBITMQ_MNESIA_BASE=$DEVCLOUD/rabbitmq/mnesia RABBITMQ_LOG_BASE=$LOG RABBITMQ_PID_FILE=$DEVCLOUD/rabbitmq/pid
export RABBITMQ_CONFIG_FILE=$ETC/rabbitmq.conf RABBITMQ_ENABLED_PLUGINS_FILE=$ETC/rabbitmq-plugins
export RABBITMQ_ADVANCED_CONFIG_FILE=$ETC/rabbitmq.none
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}"
X

cat >"$ETC/keystone/keystone.conf" <<X
[DEFAULT]
public_endpoint = $KEYSTONE
use_stderr = True
[database]
connection = $(database keystone)
[token]
provider = fernet
expiration = ${DEVCLOUD_TOKEN_SECONDS:-86400}
[fernet_tokens]
key_repository = $DEVCLOUD/keystone/fernet
[credential]
key_repository = $DEVCLOUD/keystone/credential
[identity]
# Cheap hashes: a development cloud signs in all the time.
password_hash_rounds = 4
[cache]
enabled = True
backend = dogpile.cache.memcached
memcache_servers = $IP:$MEMCACHED_PORT
$(common)
X

cat >"$ETC/glance.conf" <<X
[DEFAULT]
bind_host = $IP
bind_port = 9292
workers = 1
enabled_import_methods = []
use_stderr = True
[database]
connection = $(database glance)
[glance_store]
stores = file
default_store = file
filesystem_store_datadir = $DEVCLOUD/glance
[paste_deploy]
flavor = keystone
config_file = /etc/glance/glance-api-paste.ini
$(token_check glance)
$(common)
X

cat >"$ETC/placement/placement.conf" <<X
[DEFAULT]
use_stderr = True
[placement_database]
connection = $(database placement)
$(token_check placement)
$(common)
X

cat >"$ETC/nova.conf" <<X
[DEFAULT]
host = devcloud
my_ip = $IP
state_path = $DEVCLOUD/nova
# Servers become ACTIVE and nothing runs in them.
compute_driver = fake.FakeDriver
enabled_apis = osapi_compute
osapi_compute_listen = $IP
osapi_compute_workers = 1
cpu_allocation_ratio = 16
reserved_host_memory_mb = 0
vif_plugging_is_fatal = False
vif_plugging_timeout = 0
use_stderr = True
$rpc
[api]
auth_strategy = keystone
[vnc]
enabled = False
[spice]
enabled = False
[conductor]
workers = 1
[scheduler]
workers = 1
discover_hosts_in_cells_interval = 30
[filter_scheduler]
enabled_filters = ComputeFilter,ComputeCapabilitiesFilter,ServerGroupAntiAffinityFilter,ServerGroupAffinityFilter
[quota]
instances = -1
cores = -1
ram = -1
key_pairs = 1000
server_groups = -1
server_group_members = -1
[database]
connection = $(database nova)
[api_database]
connection = $(database nova_api)
[glance]
api_servers = http://$IP:9292
[placement]
$(sign_in nova)
[neutron]
$(sign_in neutron)
[cinder]
os_region_name = RegionOne
catalog_info = volumev3::publicURL
[service_user]
send_service_user_token = True
$(sign_in nova)
$(token_check nova)
$(common)
X

cat >"$ETC/neutron.conf" <<X
[DEFAULT]
host = devcloud
bind_host = $IP
bind_port = 9696
api_workers = 1
# There are no agents, so nobody calls but through the API.
rpc_workers = 0
rpc_state_report_workers = 0
core_plugin = ml2
service_plugins = router
api_paste_config = /etc/neutron/api-paste.ini
state_path = $DEVCLOUD/neutron
notify_nova_on_port_status_changes = True
notify_nova_on_port_data_changes = True
use_stderr = True
$rpc
[ml2]
type_drivers = local
tenant_network_types = local
external_network_type = local
mechanism_drivers = devcloud
extension_drivers = port_security
[quotas]
quota_network = -1
quota_subnet = -1
quota_port = -1
quota_router = -1
quota_floatingip = -1
quota_security_group = -1
quota_security_group_rule = -1
[database]
connection = $(database neutron)
[nova]
$(sign_in nova)
[placement]
$(sign_in placement)
$(token_check neutron)
$(common)
X

cat >"$ETC/cinder.conf" <<X
[DEFAULT]
host = devcloud
my_ip = $IP
osapi_volume_listen = $IP
osapi_volume_listen_port = 8776
osapi_volume_workers = 1
api_paste_config = /etc/cinder/api-paste.ini
state_path = $DEVCLOUD/cinder
image_conversion_dir = $DEVCLOUD/cinder/conversion
glance_api_servers = http://$IP:9292
enabled_backends = nothing
# The first report may come before the scheduler listens: volumes would fail until the next one.
backend_stats_polling_interval = 10
quota_volumes = -1
quota_gigabytes = -1
use_stderr = True
$rpc
[nothing]
volume_driver = devcloud_cinder.NothingDriver
volume_backend_name = nothing
[database]
connection = $(database cinder)
[nova]
$(sign_in nova)
$(token_check cinder)
$(common)
X

cat >"$ETC/heat.conf" <<X
[DEFAULT]
region_name_for_services = RegionOne
heat_metadata_server_url = http://$IP:8000
heat_waitcondition_server_url = http://$IP:8000/v1/waitcondition
stack_user_domain_name = heat
stack_domain_admin = heat_domain_admin
stack_domain_admin_password = $PASSWORD
auth_encryption_key = 0123456789abcdef0123456789abcdef
num_engine_workers = 1
max_stacks_per_tenant = 1000
max_resources_per_stack = -1
environment_dir = /etc/heat/environment.d
template_dir = /etc/heat/templates
use_stderr = True
$rpc
[heat_api]
bind_host = $IP
bind_port = 8004
workers = 1
[heat_api_cfn]
bind_host = $IP
bind_port = 8000
workers = 1
[paste_deploy]
api_paste_config = /etc/heat/api-paste.ini
[database]
connection = $(database heat)
[trustee]
auth_type = password
auth_url = $KEYSTONE
username = heat
password = $PASSWORD
user_domain_id = default
[clients_keystone]
auth_uri = $KEYSTONE
[ec2authtoken]
auth_uri = $KEYSTONE/v3
$(token_check heat)
$(common)
X
