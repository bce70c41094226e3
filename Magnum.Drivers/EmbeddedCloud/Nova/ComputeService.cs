using Magnum.Drivers.EmbeddedCloud.Http;
using Magnum.Drivers.EmbeddedCloud.Neutron;

namespace Magnum.Drivers.EmbeddedCloud.Nova;

/// <summary>What somebody asks of Nova when making a server.</summary>
internal sealed record ServerRequest(string Name, string FlavorId, string? ImageId, string? KeyName)
{
    public IReadOnlyList<string> PortIds { get; init; } = [];

    public IReadOnlyList<(string NetworkId, string? Address)> Networks { get; init; } = [];

    public IReadOnlyList<string> VolumeIds { get; init; } = [];

    public IReadOnlyList<string> SecurityGroups { get; init; } = [];

    public string? UserData { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Tags { get; init; } = [];

    public string? AvailabilityZone { get; init; }

    public string? ServerGroupId { get; init; }

    public bool ConfigDrive { get; init; }

    public string? Scenario { get; init; }
}

/// <summary>Nova without its HTTP.</summary>
internal sealed partial class ComputeService(Cloud cloud)
{
    public static readonly TimeSpan BuildTime = TimeSpan.FromSeconds(8);
    public static readonly TimeSpan BootTime = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan DeleteTime = TimeSpan.FromSeconds(2);
    public const string NoValidHost = "No valid host was found. There are not enough hosts available.";

    /// <summary>What the cloud's largest hypervisor can hold; a flavor beyond it finds no host.</summary>
    private const int HostCores = 64;
    private const int HostRam = 256 * 1024;

    public IReadOnlyList<FlavorRow> Flavors { get; } =
    [
        new("1", "m1.tiny", 1, 512, 1),
        new("2", "m1.small", 1, 2048, 20),
        new("3", "m1.medium", 2, 4096, 40),
        new("4", "m1.large", 4, 8192, 80),
        new("5", "m1.xlarge", 8, 16384, 160),
        new("d2", "ds2G", 2, 2048, 10),
        new("d3", "ds4G", 4, 4096, 20),
        new("9", "m9.monster", 512, 4 * 1024 * 1024, 2000),
    ];

    public ComputeState State => cloud.State.Compute;

    /// <summary>Servers whose operating system has come up and whose user data tells them to report: the node player's work.</summary>
    public Queue<string> Reports { get; } = new();

    /// <summary>Released with each report, so that the node player can wait.</summary>
    public SemaphoreSlim ReportsWaiting { get; } = new(0);

    public FlavorRow? FindFlavor(string? idOrName) => Flavors.FirstOrDefault(f => f.Id == idOrName) ?? Flavors.FirstOrDefault(f => f.Name == idOrName);

    /// <summary>Accepts a server; what is wrong with the request itself is refused here, what the hypervisors lack comes out as a fault later.</summary>
    public ServerRow AddServer(string projectId, string userId, ServerRequest request)
    {
        var flavor = FindFlavor(request.FlavorId) ?? throw ApiFault.BadRequest($"Flavor {request.FlavorId} could not be found.");
        if (request.ImageId is null && request.VolumeIds.Count == 0)
        {
            throw ApiFault.BadRequest("Invalid imageRef provided.");
        }

        if (request.ImageId is { } imageId)
        {
            var image = cloud.Images.Find(imageId) ?? throw ApiFault.BadRequest($"Image {imageId} could not be found.");
            if (flavor.Disk > 0 && flavor.Disk < image.MinDisk)
            {
                throw ApiFault.BadRequest("Flavor's disk is smaller than the minimum size specified in image metadata. " + $"Flavor disk is {flavor.Disk * 1073741824L} bytes, minimum size is {image.MinDisk * 1073741824L} bytes.");
            }

            if (flavor.Ram < image.MinRam)
            {
                throw ApiFault.BadRequest("Flavor's memory is too small for requested image.");
            }
        }

        if (request.KeyName is { Length: > 0 } key && FindKeyPair(userId, key) is null)
        {
            throw ApiFault.BadRequest("Invalid key_name provided.");
        }

        Count(projectId, flavor, request.Scenario is "quota-exceeded");
        var now = cloud.Clock.Now;
        var server = new ServerRow
        {
            Id = Ids.New(),
            Name = request.Name,
            ProjectId = projectId,
            UserId = userId,
            FlavorId = flavor.Id,
            ImageId = request.ImageId is null ? null : cloud.Images.Find(request.ImageId)!.Id,
            KeyName = request.KeyName is { Length: > 0 } ? request.KeyName : null,
            CreatedAt = now,
            UpdatedAt = now,
            UserData = request.UserData,
            Metadata = new(request.Metadata),
            Tags = [.. request.Tags],
            SecurityGroups = request.SecurityGroups.Count > 0 ? [.. request.SecurityGroups] : ["default"],
            AvailabilityZone = request.AvailabilityZone ?? "nova",
            ServerGroupId = request.ServerGroupId,
            ConfigDrive = request.ConfigDrive,
            Scenario = request.Scenario,
            TaskState = "scheduling",
        };
        server.DueAt = cloud.Clock.After(BuildTime * (0.85 + (0.3 * Ids.Spread(server.Id))));
        Plug(server, request);
        State.Servers[server.Id] = server;
        return server;
    }

    public ServerRow Require(string id) => State.Servers.GetValueOrDefault(id) ?? throw ApiFault.NotFound($"Instance {id} could not be found.");

    public void RemoveServer(string id)
    {
        var server = Require(id);
        if (server.TaskState is not "deleting")
        {
            server.TaskState = "deleting";
            server.Boot = BootState.Quiet;
            server.DueAt = cloud.Clock.After(DeleteTime);
        }
    }

    /// <summary>After a restart: whoever had come up and had not been heard yet reports again.</summary>
    public void Resume()
    {
        foreach (var server in State.Servers.Values.Where(s => s.Boot is BootState.Reporting))
        {
            server.DueAt ??= cloud.Clock.Now;
        }
    }

    public bool Advance(DateTimeOffset now)
    {
        var due = State.Servers.Values.Where(s => s.DueAt <= now).ToList();
        foreach (var server in due)
        {
            Step(server, now);
        }

        return due.Count > 0;
    }

    public DateTimeOffset? NextDue() => State.Servers.Values.Min(s => s.DueAt);

    public void Shift(Func<DateTimeOffset, DateTimeOffset> move)
    {
        foreach (var server in State.Servers.Values)
        {
            server.DueAt = Cloud.Shifted(server.DueAt, move);
        }
    }

    private void Step(ServerRow server, DateTimeOffset now)
    {
        server.DueAt = null;
        server.UpdatedAt = now;
        if (server.TaskState is "deleting")
        {
            Unplug(server);
            State.Servers.Remove(server.Id);
        }
        else if (server.Status is "BUILD")
        {
            Build(server, now);
        }
        else if (server.Boot is BootState.Booting or BootState.Reporting)
        {
            server.Boot = UserDataFiles.SignalOf(server.UserData) is null ? BootState.Quiet : BootState.Reporting;
            if (server.Boot is BootState.Reporting)
            {
                Reports.Enqueue(server.Id);
                ReportsWaiting.Release();
            }
        }
        else if (server.TaskState is not null)
        {
            server.TaskState = null;
            server.Status = "ACTIVE";
        }
    }

    private void Build(ServerRow server, DateTimeOffset now)
    {
        server.TaskState = null;
        var flavor = FindFlavor(server.FlavorId)!;
        if (server.Scenario is "no-valid-host" || flavor.Vcpus > HostCores || flavor.Ram > HostRam)
        {
            server.Status = "ERROR";
            server.Fault = new ServerFault(500, NoValidHost, now);
            Unplug(server);
            return;
        }

        server.Status = "ACTIVE";
        server.LaunchedAt = now;
        server.Boot = server.Scenario is "hang" or "node-offline" ? BootState.Quiet : BootState.Booting;
        server.DueAt = server.Scenario is "hang" or "node-offline" ? null : cloud.Clock.After(BootTime * (0.85 + (0.3 * Ids.Spread("boot" + server.Id))));
    }

    private void Plug(ServerRow server, ServerRequest request)
    {
        foreach (var id in request.PortIds)
        {
            var port = cloud.Network.State.Ports.GetValueOrDefault(id) ?? throw ApiFault.BadRequest($"Port id {id} could not be found.");
            if (port.DeviceId.Length > 0)
            {
                throw ApiFault.Conflict($"Port {id} is still in use.");
            }
        }

        var networks = request.Networks;
        if (networks.Count == 0 && request.PortIds.Count == 0)
        {
            var own = cloud.Network.State.Networks.Values.Where(n => n.ProjectId == server.ProjectId && !n.External).ToList();
            networks = own.Count <= 1 ? [.. own.Select(n => (n.Id, (string?)null))] : throw ApiFault.Conflict("Multiple possible networks found, use a Network ID to be more specific.");
        }

        foreach (var (networkId, address) in networks)
        {
            if (!cloud.Network.State.Networks.ContainsKey(networkId))
            {
                throw ApiFault.BadRequest($"Network {networkId} could not be found.");
            }

            var port = cloud.Network.AddPort(
                new PortRow { Id = Ids.New(), ProjectId = server.ProjectId, NetworkId = networkId, MacAddress = NetworkService.NewMac(), SecurityGroups = GroupsOf(server) },
                address is null ? [] : [(null, address)]);
            server.OwnPortIds.Add(port.Id);
        }

        server.PortIds = [.. request.PortIds, .. server.OwnPortIds];
        foreach (var port in server.PortIds.Select(id => cloud.Network.State.Ports[id]))
        {
            (port.DeviceId, port.DeviceOwner) = (server.Id, "compute:" + server.AvailabilityZone);
        }

        foreach (var id in request.VolumeIds)
        {
            cloud.Volumes.Attach(id, server.Id);
            server.VolumeIds.Add(id);
        }
    }

    private List<string> GroupsOf(ServerRow server) => [.. server.SecurityGroups.Select(name =>
        cloud.Network.State.SecurityGroups.Values.FirstOrDefault(g => g.ProjectId == server.ProjectId && (g.Name == name || g.Id == name))?.Id
        ?? throw ApiFault.BadRequest($"Security group {name} not found."))];

    /// <summary>Takes a server off the ports that others made for it.</summary>
    public void ReleasePorts(string id)
    {
        if (State.Servers.GetValueOrDefault(id) is { } server)
        {
            server.PortIds = [.. server.OwnPortIds];
            Unbind(server, own: false);
        }
    }

    private void Unplug(ServerRow server)
    {
        foreach (var id in server.OwnPortIds.Where(cloud.Network.State.Ports.ContainsKey))
        {
            cloud.Network.RemovePort(id, byOwner: true);
        }

        Unbind(server, own: true);
        cloud.Volumes.DetachAll(server.Id);
        (server.PortIds, server.OwnPortIds) = ([], []);
    }

    private void Unbind(ServerRow server, bool own)
    {
        foreach (var port in cloud.Network.State.Ports.Values.Where(p => p.DeviceId == server.Id && (own || !server.OwnPortIds.Contains(p.Id))))
        {
            (port.DeviceId, port.DeviceOwner) = ("", "");
        }
    }
}
