using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Operations;

/// <summary>Section <c>Magnum:Conductor</c>: how the conductor works. Times are <c>hh:mm:ss</c>.</summary>
public sealed class ConductorOptions
{
    /// <summary>Where the section stands in the configuration.</summary>
    public const string Section = "Magnum:Conductor";

    /// <summary>Name of this process among all conductors, unique and the same after a restart. Default: the machine's name.</summary>
    [MaxLength(200)]
    public string Host { get; set; } = Environment.MachineName;

    /// <summary>Magnum's API as the clusters' nodes reach it, ending in <c>/v1</c>. Default <c>http://localhost:9511/v1</c>.</summary>
    [Required]
    [Url]
    public string MagnumUrl { get; set; } = "http://localhost:9511/v1";

    /// <summary>PEM file with the CAs that signed Keystone's and Magnum's certificates, for the nodes; empty: they are publicly known. Default empty.</summary>
    public string CaBundleFile { get; set; } = "";

    /// <summary>How long a conductor that says nothing keeps its work; renewed at a third of it. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:10:00")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a process says that it lives. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Silence after which a conductor's work is taken over. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:03", "00:10:00")]
    public TimeSpan HeartbeatTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>First pause after trouble, doubled with each further one. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan BackoffMinimum { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest pause after trouble. Default 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan BackoffMaximum { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Unexpected problems in a row before an operation fails. Default 5.</summary>
    [Range(1, 100)]
    public int UnexpectedProblems { get; set; } = 5;

    /// <summary>Longest wait for one look at the back end. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the back ends' lists are read. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan SyncInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the events of a cluster in progress that somebody watches are read. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan WatchedInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often those of all others in progress are read. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan UnwatchedInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Looks at the back end at one time. Default 8.</summary>
    [Range(1, 256)]
    public int Concurrency { get; set; } = 8;

    /// <summary>Most clusters whose events are read in one pass; the intervals stretch when there are more. Default 64.</summary>
    [Range(1, 10_000)]
    public int LooksPerPass { get; set; } = 64;

    /// <summary>How often a cluster of a back end without a list is looked at in its first ten minutes. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan PollMinimum { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The same later. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan PollMaximum { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A cluster in progress is looked at after this long whatever the list says. Default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan FallbackInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often lost work is searched for. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long work may be due before the sweep rings for it. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan SweepGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long nothing may move in an operation before people are told what it waits for. Default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often each settled cluster is compared with the back end. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan DriftInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often each cluster's engine is asked how it is; 0: never. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan HealthInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest wait for an engine's answer. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan HealthTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Engines asked at one time. Default 32: most of them answer at once, or not at all.</summary>
    [Range(1, 1024)]
    public int HealthConcurrency { get; set; } = 32;

    /// <summary>How long work may take to move off nodes that go, before they go all the same; 0: it is not waited for at all. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a node has to have been used little until a cluster that is scaled by load gives it back. Default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan ScaleDownAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long events are kept. Default 90 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan EventRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long operations may take.</summary>
    [ValidateObjectMembers]
    public OperationLimits Limits { get; set; } = new();
}

/// <summary>Checks the section at start.</summary>
[OptionsValidator]
public sealed partial class ConductorOptionsValidator : IValidateOptions<ConductorOptions>;
