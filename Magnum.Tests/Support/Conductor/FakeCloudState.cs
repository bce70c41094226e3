using Magnum.Core.Drivers;

namespace Magnum.Tests.Support.Conductor;

/// <summary>What exists in the cloud, whichever process made it.</summary>
internal sealed class FakeCloudState
{
    private readonly Lock _lock = new();

    public Dictionary<string, FakeTrustee> Trustees { get; } = [];

    public HashSet<string> Trusts { get; } = [];

    /// <summary>By the cluster; an added group's by the group.</summary>
    public Dictionary<Guid, FakeStack> Stacks { get; } = [];

    public int Passwords { get; set; }

    /// <summary>Stacks ever made.</summary>
    public int Created { get; set; }

    /// <summary>How often a stack is seen in progress before it is done.</summary>
    public int LooksInProgress { get; set; } = 1;

    /// <summary>How many pods are on a node that goes; each look finds one less.</summary>
    public int LeftToDrain { get; set; }

    /// <summary>In how many parts a stack is upgraded.</summary>
    public int UpgradeParts { get; set; } = 4;

    /// <summary>What a call meets instead of working, by its name; null: nothing.</summary>
    public Func<string, Exception?> Trouble { get; set; } = _ => null;

    /// <summary>What happens while a call is under way.</summary>
    public Func<string, Task> During { get; set; } = _ => Task.CompletedTask;

    /// <summary>What engines say about themselves.</summary>
    public Func<ClusterHealth?> Health { get; set; } = () => null;

    /// <summary>What engines have and what waits; an exception: they cannot be asked.</summary>
    public Func<EngineLoad?> Load { get; set; } = () => null;

    /// <summary>The project's quotas for a group of so many nodes.</summary>
    public Func<int, IReadOnlyList<QuotaProjection>> Quotas { get; set; } = _ => [];

    public TimeSpan ProbeTakes { get; set; }

    /// <summary>All calls in order.</summary>
    public List<string> Calls { get; } = [];

    public T Locked<T>(Func<T> work)
    {
        lock (_lock)
        {
            return work();
        }
    }

    public async Task BeforeAsync(string call)
    {
        Locked(() =>
        {
            Calls.Add(call);
            return true;
        });
        await During(call);
        if (Trouble(call) is { } trouble)
        {
            throw trouble;
        }
    }
}

internal sealed record FakeTrustee(string Id, string Password, bool Enabled);

internal sealed class FakeStack(string id, string? password)
{
    public string Id { get; } = id;

    /// <summary>What the nodes were given.</summary>
    public string? Password { get; set; } = password;

    public string Generation { get; set; } = "";

    public ObservedState State { get; set; } = ObservedState.InProgress;

    public bool IsDeleting { get; set; }

    public bool IsRollingBack { get; set; }

    public string? Reason { get; set; }

    public int Looks { get; set; }

    /// <summary>Parts of an upgrade that have still to be asked for.</summary>
    public int PartsLeft { get; set; }

    /// <summary>How the present work ends.</summary>
    public ObservedState EndsAs { get; set; } = ObservedState.Ready;

    public Dictionary<string, int> Counts { get; set; } = [];
}
