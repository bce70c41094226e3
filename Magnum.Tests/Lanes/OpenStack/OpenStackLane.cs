using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.OpenStack;

/// <summary>The lane's cloud, a project in it, and the product pointed at that cloud; one for each row of tests that run one after the other.</summary>
public sealed class OpenStackLane : IAsyncLifetime
{
    private static int _rows;

    private DevCloud? _cloud;
    private LaneProject? _project;
    private MagnumProcess? _magnum;

    internal DevCloud Cloud => _cloud ?? throw new InvalidOperationException("The lane was not chosen.");

    internal LaneProject Project => _project ?? throw new InvalidOperationException("The lane was not chosen.");

    internal MagnumProcess Magnum => _magnum ?? throw new InvalidOperationException("The lane was not chosen.");

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        if (!Lane.IsChosen(Lane.OpenStack))
        {
            return;
        }

        var cancellationToken = TestContext.Current.CancellationToken;
        _cloud = await DevCloud.ConnectAsync(cancellationToken);
        _project = await LaneProject.CreateAsync(_cloud, cancellationToken);
        _magnum = await MagnumProcess.StartAsync($"openstack-{Interlocked.Increment(ref _rows)}", _cloud.MagnumSettings, cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_magnum is not null)
        {
            await _magnum.DisposeAsync();
        }

        if (_project is not null)
        {
            await _project.RemoveAsync(CancellationToken.None);
        }

        _cloud?.Dispose();
    }

    /// <summary>Magnum's API as the project's member calls it.</summary>
    internal async Task<MagnumUser> MemberAsync(CancellationToken cancellationToken) =>
        new(this, await Project.SignInAsync(cancellationToken));
}

/// <summary>A row of tests. Mostly Heat is waited for: two rows beside each other take little longer than one.</summary>
[CollectionDefinition(nameof(OpenStackLane))]
public sealed class OpenStackLaneDefinition : ICollectionFixture<OpenStackLane>;

/// <summary>The second row.</summary>
[CollectionDefinition(Name)]
public sealed class SecondOpenStackLane : ICollectionFixture<OpenStackLane>
{
    internal const string Name = nameof(SecondOpenStackLane);
}

/// <summary>Tests that take services of the cloud away, which nobody else may be using.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LonelyOpenStackLane : ICollectionFixture<OpenStackLane>
{
    internal const string Name = nameof(LonelyOpenStackLane);
}
