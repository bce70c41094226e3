using Magnum.Core.Drivers;
using Magnum.Drivers.Heat.Labels;

namespace Magnum.Drivers.Heat.Mesos;

/// <summary>The labels of Mesos clusters.</summary>
internal static class MesosLabels
{
    public const string AgentPrefix = "mesos_agent_";

    /// <summary>What agents were called in Magnum's former driver.</summary>
    public const string FormerPrefix = "mesos_slave_";

    public const string DefaultWorkDirectory = "/var/lib/mesos-agent";

    /// <summary>Labels of agents, each of which goes by two names.</summary>
    public static readonly string[] OfAgents = ["isolation", "image_providers", "work_dir", "executor_env_variables"];

    public static readonly string[] ImageProviders = ["appc", "docker"];

    /// <summary>What Mesos 1.x knows on Linux. A name that it does not know keeps an agent from starting.</summary>
    public static readonly string[] Isolators =
    [
        "appc/runtime", "cgroups/all", "cgroups/blkio", "cgroups/cpu", "cgroups/cpuset", "cgroups/devices", "cgroups/hugetlb", "cgroups/mem", "cgroups/net_cls",
        "cgroups/net_prio", "cgroups/perf_event", "cgroups/pids", "disk/du", "disk/xfs", "docker/runtime", "docker/volume", "environment_secret", "filesystem/linux",
        "filesystem/posix", "filesystem/shared", "gpu/nvidia", "linux/capabilities", "linux/devices", "linux/nnp", "linux/seccomp", "namespaces/ipc", "namespaces/pid",
        "network/cni", "network/port_mapping", "network/ports", "posix/cpu", "posix/disk", "posix/mem", "posix/rlimits", "volume/csi", "volume/host_path",
        "volume/image", "volume/sandbox_path", "volume/secret",
    ];

    public static IReadOnlyList<LabelDefinition> All { get; } =
    [
        new("mesos_version", LabelType.Version, LabelGroups.Versions, null, "Version of Mesos, such as 1.11.0. It has to be the image's (mesos_version), or one that mesos_package_source has."),
        new("marathon_version", LabelType.Version, LabelGroups.Versions, null, "Version of Marathon to be installed from mesos_package_source; without the label the latest there."),
        new("mesos_package_source", LabelType.Text, LabelGroups.Versions, null, "Package repository with mesos and marathon for images without them: URL, suite and components, such as https://packages.example.com/mesos bookworm main."),
        new("mesos_package_key", LabelType.Text, LabelGroups.Versions, null, "https URL of the key that signs mesos_package_source, in ASCII."),

        HeatLabels.Subnet,
        HeatLabels.DockerNetwork,
        .. HeatLabels.Access.Select(l => l.Name is "master_lb_allowed_cidrs"
            ? l with { Summary = "Networks that may reach Mesos and Marathon, which ask for no password; empty for the nodes' own alone. Magnum has to be in one to see the cluster's health." }
            : l),
        new("mesos_task_cidrs", LabelType.CommaList, LabelGroups.Network, null, "Networks that may reach the ports of tasks (31000-32000); empty for the nodes' own alone."),

        .. HeatLabels.Volumes,

        new("marathon_enabled", LabelType.Boolean, LabelGroups.Features, "true", "Whether masters run Marathon."),
        .. HeatLabels.Bounds,
        .. HeatLabels.Healing,

        HeatLabels.RegistryMirrors,
        .. Agents(AgentPrefix, ""),
        .. Agents(FormerPrefix, " Former name."),

        new("rexray_preempt", LabelType.Text, LabelGroups.Versions, null, "Of older releases; without effect.") { Ignored = true },
    ];

    private static LabelDefinition[] Agents(string prefix, string note) =>
    [
        new($"{prefix}isolation", LabelType.CommaList, LabelGroups.Options, null, $"How agents keep tasks apart, such as cgroups/cpu,cgroups/mem; empty for Mesos' own choice.{note}"),
        new($"{prefix}image_providers", LabelType.CommaList, LabelGroups.Options, null, $"Formats of images that agents run without Docker: appc, docker. Needs isolation by filesystem/linux.{note}"),
        new($"{prefix}work_dir", LabelType.Text, LabelGroups.Options, null, $"Directory of agents for sandboxes and their state; empty for {DefaultWorkDirectory}.{note}"),
        new($"{prefix}executor_env_variables", LabelType.Text, LabelGroups.Options, null, $"Environment of executors, as a JSON object of texts.{note}") { Secret = true },
    ];
}
