namespace Magnum.Tests.Drivers.EmbeddedCloud;

/// <summary>Templates that several tests use.</summary>
internal static class Templates
{
    /// <summary>A small cluster: network, a master that reports itself, and a group of workers after it.</summary>
    public const string Cluster = """
        heat_template_version: 2021-04-16
        description: a small cluster
        parameters:
          count: {type: number, default: 1}
          secret: {type: string, hidden: true, default: s3cret}
          removed: {type: comma_delimited_list, default: ''}
          generation: {type: string, default: '1'}
          flavor: {type: string, default: m1.small}
        resources:
          net: {type: OS::Neutron::Net}
          subnet:
            type: OS::Neutron::Subnet
            properties: {network: {get_resource: net}, cidr: 10.0.0.0/24}
          router:
            type: OS::Neutron::Router
            properties: {external_gateway_info: {network: public}}
          interface:
            type: OS::Neutron::RouterInterface
            properties: {router: {get_resource: router}, subnet: {get_resource: subnet}}
          port:
            type: OS::Neutron::Port
            properties: {network: {get_resource: net}}
          address:
            type: OS::Neutron::FloatingIP
            properties: {floating_network: public, port_id: {get_resource: port}}
          handle: {type: OS::Heat::WaitConditionHandle}
          ready:
            type: OS::Heat::WaitCondition
            depends_on: master
            properties: {handle: {get_resource: handle}, timeout: 3600}
          master:
            type: OS::Nova::Server
            properties:
              image: ubuntu-22.04-kube-v1.31.1
              flavor: {get_param: flavor}
              networks: [{port: {get_resource: port}}]
              user_data_format: RAW
              user_data_update_policy: IGNORE
              user_data:
                str_replace:
                  template: |
                    #cloud-config
                    # generation G
                    write_files:
                      - path: /etc/magnum/heat-signal.json
                        content: '{"endpoint": "$E", "token": "$T"}'
                  params: {$E: {get_attr: [handle, endpoint]}, $T: {get_attr: [handle, token]}, G: {get_param: generation}}
          workers:
            type: OS::Heat::ResourceGroup
            depends_on: ready
            properties:
              count: {get_param: count}
              removal_policies: [{resource_list: {get_param: removed}}]
              resource_def:
                type: node.yaml
                properties:
                  name: {list_join: ['-', [{get_param: 'OS::stack_name'}, worker, '%index%']]}
                  network: {get_resource: net}
                  subnet: {get_resource: subnet}
        outputs:
          api: {value: {get_attr: [address, floating_ip_address]}}
          nodes: {value: {get_attr: [workers, address]}}
          servers: {value: {get_attr: [workers, refs]}}
          by_name: {value: {get_attr: [workers, refs_map]}}
        """;

    public const string Node = """
        heat_template_version: 2021-04-16
        parameters:
          name: {type: string}
          network: {type: string}
          subnet: {type: string}
        resources:
          port:
            type: OS::Neutron::Port
            properties: {network: {get_param: network}, fixed_ips: [{subnet: {get_param: subnet}}]}
          server:
            type: OS::Nova::Server
            properties: {name: {get_param: name}, image: cirros, flavor: m1.tiny, networks: [{port: {get_resource: port}}]}
        outputs:
          address: {value: {get_attr: [server, first_address]}}
          OS::stack_id: {value: {get_resource: server}}
        """;

    public static System.Text.Json.Nodes.JsonObject WithNode(params (string Key, System.Text.Json.Nodes.JsonNode? Value)[] parameters) => new()
    {
        ["files"] = new System.Text.Json.Nodes.JsonObject { ["node.yaml"] = Node },
        ["parameters"] = new System.Text.Json.Nodes.JsonObject(parameters.Select(p => KeyValuePair.Create(p.Key, p.Value))),
    };
}
