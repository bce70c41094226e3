namespace Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;

/// <summary>The resource types that need no template.</summary>
internal static class BuiltIn
{
    public static IEnumerable<ResourceType> All =>
    [
        new NetResource(), new SubnetResource(), new RouterResource(), new RouterInterfaceResource(), new PortResource(), new FloatingIpResource(), new FloatingIpAssociationResource(),
        new SecurityGroupResource(), new SecurityGroupRuleResource(),
        new ServerResource(), new ServerGroupResource(), new KeyPairResource(),
        new VolumeResource(), new VolumeAttachmentResource(),
        new LoadBalancerResource(),
        LoadBalancerPartResource.Listener(), LoadBalancerPartResource.Pool(), LoadBalancerPartResource.Member(), LoadBalancerPartResource.HealthMonitor(),
        new WaitConditionHandleResource(), new WaitConditionResource(),
        new RandomStringResource(), new SoftwareConfigResource(), new CloudConfigResource(), new MultipartMimeResource(),
        new NoneResource(), new ValueResource(), new TestResource(),
        new ResourceGroupResource(), new NestedStackResource(),
    ];
}
